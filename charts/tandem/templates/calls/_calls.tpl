{{/*
Where phones send SIP, one address for each transport, with commas between; the edges themselves where their address is only
found once they run.
*/}}
{{- define "tandem.calls.targets" -}}
{{- $address := include "tandem.edge.shared" . | splitList "," | first -}}
{{- $given := regexReplaceAll "^(cloud|node|(node|service|stun):.*)$" $address "" -}}
{{- $host := regexReplaceAll "([^:\\]]|\\]):[0-9]+$" $given "${1}" | default (include "tandem.host" (list . "edge")) -}}
{{- $targets := list -}}
{{- $ports := include "tandem.edge.listeners" . | fromYaml -}}
{{- range $transport := list "udp" "tcp" "tls" -}}
{{- with index $ports $transport -}}{{- $targets = append $targets (printf "%s://%s:%d" $transport $host (int .)) -}}{{- end -}}
{{- end -}}
{{- join "," $targets -}}
{{- end -}}

{{/* A pod of `helm test` that places calls, `.item`: calls or chaos. Its last line says what the calls amount to. */}}
{{- define "tandem.calls.pod" -}}
{{- $arguments := include (printf "tandem.%s.arguments" .item) . | fromYamlArray -}}
apiVersion: v1
kind: Pod
metadata:
  {{- include "tandem.metadata" (list . .item) | nindent 2 }}
  annotations:
    helm.sh/hook: test
    helm.sh/hook-weight: {{ ternary "2" "1" (eq .item "chaos") | quote }}
    helm.sh/hook-delete-policy: before-hook-creation
spec:
  restartPolicy: Never
  {{- if eq .item "chaos" }}
  serviceAccountName: {{ include "tandem.part" (list . "chaos") }}
  {{- end }}
  automountServiceAccountToken: {{ eq .item "chaos" }}
  enableServiceLinks: false
  {{- with .Values.image.pullSecrets }}
  imagePullSecrets: {{ toJson . }}
  {{- end }}
  securityContext:
    {{- include "tandem.podSecurity" . | nindent 4 }}
  containers:
    - name: tandem
      image: {{ include "tandem.image" . }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      args:
        {{- concat $arguments (list "--target" (include "tandem.calls.targets" .)) (index .Values .item).flags | toYaml | nindent 8 }}
      env:
        {{- include "tandem.secretVariable" (list . "TANDEM_CLUSTER_SECRET" "cluster-secret") | nindent 8 }}
      resources: { requests: { cpu: 200m, memory: 128Mi }, limits: { memory: 512Mi } }
      securityContext:
        {{- include "tandem.containerSecurity" . | nindent 8 }}
      volumeMounts:
        - { name: tmp, mountPath: /tmp }
  volumes:
    - name: tmp
      emptyDir: { sizeLimit: 64Mi }
{{- end -}}

{{- define "tandem.calls.arguments" -}}
- slo
{{- end -}}

{{- define "tandem.chaos.arguments" -}}
- chaos
- --pods
- app.kubernetes.io/instance={{ .Release.Name }}
- --parts
- {{ include "tandem.chaos.parts" . }}
{{- end -}}

{{/* Phones are talked to by edges and media workers, from any port; who they call is outside, or in this release. */}}
{{- define "tandem.calls.traffic" -}}
ingress:
  - from:
      {{- include "tandem.peers" (list . "edge" "media") | nindent 6 }}
egress:
  - ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]
  - to:
      {{- include "tandem.peers" (list . "edge" "media") | nindent 6 }}
  - to: {{ include "tandem.outside" . }}
{{- end -}}

{{/* Whom edges and media workers send to besides: the phones of `helm test`, which have pod addresses. */}}
{{- define "tandem.calls.phones" -}}
{{- range $component := list "calls" "chaos" }}
{{- if (index $.Values $component).enabled }}
- to: [{ podSelector: { matchLabels: {{ include "tandem.selector" (list $ $component) | fromYaml | toJson }} } }]
{{- end }}
{{- end }}
{{- end -}}
