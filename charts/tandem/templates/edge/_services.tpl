{{/* The ports of a Service for the listeners of some protocols, by (list $ protocol…). */}}
{{- define "tandem.edge.servicePorts" -}}
{{- $root := first . -}}
{{- $protocols := rest . -}}
{{- range $transport, $port := include "tandem.edge.listeners" $root | fromYaml }}
{{- $protocol := ternary "UDP" "TCP" (eq $transport "udp") }}
{{- if has $protocol $protocols }}
- { name: sip-{{ $transport }}, port: {{ $port }}, targetPort: sip-{{ $transport }}, protocol: {{ $protocol }} }
{{- end }}
{{- end }}
{{- end -}}

{{/* A load balancer for one protocol, `.item`: many clouds have none that does two. */}}
{{- define "tandem.edge.loadBalancer" -}}
{{- $name := printf "sip-%s" (lower .item) -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "tandem.metadata" (list . "edge" $name) | nindent 2 }}
  {{- with .Values.edge.loadBalancer.annotations }}
  annotations: {{ toJson . }}
  {{- end }}
spec:
  type: LoadBalancer
  {{- with .Values.edge.loadBalancer.class }}
  loadBalancerClass: {{ . }}
  {{- end }}
  {{- with .Values.edge.loadBalancer.sourceRanges }}
  loadBalancerSourceRanges: {{ toJson . }}
  {{- end }}
  {{- include "tandem.families" . | nindent 2 }}
  # The source address stays as it is: bans, limits, trunks by address and NAT traversal go by it.
  externalTrafficPolicy: Local
  sessionAffinity: ClientIP
  selector: {{ include "tandem.selector" (list . "edge") | fromYaml | toJson }}
  ports:
    {{- include "tandem.edge.servicePorts" (list . .item) | nindent 4 }}
{{- end -}}
