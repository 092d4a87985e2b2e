{{/* The template of a tier's pods, by (list $ tier), with its overrides. */}}
{{- define "tandem.pod" -}}
{{- $root := first . -}}
{{- $tier := last . -}}
{{- $values := index $root.Values $tier -}}
{{- $pod := include "tandem.bodyOfPod" . | fromYaml -}}
{{- $container := include "tandem.container" . | fromYaml -}}
{{- $overridden := include "tandem.overridden" (list $container $values.container (printf "%s.container" $tier)) | fromYaml -}}
{{- $_ := set $pod.spec "containers" (list $overridden) -}}
{{- include "tandem.overridden" (list $pod $values.podTemplate (printf "%s.podTemplate" $tier)) -}}
{{- end -}}

{{- define "tandem.bodyOfPod" -}}
{{- $root := first . -}}
{{- $tier := last . -}}
{{- $values := index $root.Values $tier -}}
{{- $hostNetwork := eq (include "tandem.hasHostNetwork" .) "true" -}}
metadata:
  labels:
    {{- include "tandem.selector" . | nindent 4 }}
spec:
  serviceAccountName: {{ include "tandem.part" . }}
  automountServiceAccountToken: {{ include "tandem.asksKubernetes" . }}
  # A Service named tandem-… would put variables of the names of our settings into every pod.
  enableServiceLinks: false
  {{- if $hostNetwork }}
  hostNetwork: true
  dnsPolicy: ClusterFirstWithHostNet
  {{- end }}
  terminationGracePeriodSeconds: {{ include "tandem.graceSeconds" . }}
  {{- include "tandem.placement" . | nindent 2 }}
  securityContext:
    {{- include "tandem.podSecurity" $root | nindent 4 }}
  volumes:
    - name: data
      emptyDir: { sizeLimit: 256Mi }
    - name: tmp
      emptyDir: { sizeLimit: 64Mi }
    {{- if eq $tier "edge" }}
    {{- include "tandem.edge.volumes" $root | nindent 4 }}
    {{- end }}
{{- end -}}

{{- define "tandem.container" -}}
{{- $root := first . -}}
{{- $tier := last . -}}
{{- $values := index $root.Values $tier -}}
name: tandem
image: {{ include "tandem.image" $root }}
imagePullPolicy: {{ $root.Values.image.pullPolicy }}
args: [{{ $tier }}]
env:
  {{- include "tandem.environment" . | nindent 2 }}
ports:
  - { name: http, containerPort: {{ $values.httpPort }}, protocol: TCP }
  {{- include (printf "tandem.%s.ports" $tier) $root | nindent 2 }}
{{- include "tandem.probes" $root | nindent 0 }}
resources:
  {{- toYaml $values.resources | nindent 2 }}
securityContext:
  {{- include "tandem.containerSecurity" $root | nindent 2 }}
volumeMounts:
  - { name: data, mountPath: /var/lib/tandem }
  - { name: tmp, mountPath: /tmp }
  {{- if eq $tier "edge" }}
  {{- include "tandem.edge.mounts" $root | nindent 2 }}
  {{- end }}
{{- end -}}

{{- define "tandem.image" -}}
{{- $tag := .Values.image.tag | default .Chart.AppVersion -}}
{{ .Values.image.repository }}{{ ternary (printf "@%s" .Values.image.digest) (printf ":%s" $tag) (ne .Values.image.digest "") }}
{{- end -}}

{{/* None of the three asks a backend: a process whose NATS, Redis or etcd is away goes on with its calls. */}}
{{- define "tandem.probes" -}}
# A process that waits for its servers at the start lives, and is not ready: it has five minutes before it is started again.
startupProbe: { httpGet: { path: /livez, port: http }, periodSeconds: 2, failureThreshold: 150 }
livenessProbe: { httpGet: { path: /livez, port: http }, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 }
readinessProbe: { httpGet: { path: /readyz, port: http }, periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 2 }
{{- end -}}

{{/* Where the pods of a component may be, by (list $ component). */}}
{{- define "tandem.placement" -}}
{{- $root := first . -}}
{{- $values := index $root.Values (last .) -}}
{{- with $root.Values.image.pullSecrets }}
imagePullSecrets: {{ toJson . }}
{{- end }}
{{- with include "tandem.priorityClass" . }}
priorityClassName: {{ . }}
{{- end }}
{{- with $values.nodeSelector }}
nodeSelector: {{ toJson . }}
{{- end }}
{{- with $values.tolerations }}
tolerations: {{ toJson . }}
{{- end }}
topologySpreadConstraints:
  {{- range $key := list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - maxSkew: 1
    topologyKey: {{ $key }}
    # A pod on a second-best node is better than none.
    whenUnsatisfiable: ScheduleAnyway
    labelSelector: { matchLabels: {{ include "tandem.selector" $ | fromYaml | toJson }} }
  {{- end }}
{{- end -}}

{{/* Pod Security `restricted`; the numbers are those of the image. */}}
{{- define "tandem.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "tandem.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end -}}

{{/* "true" where the pods of a tier have the network of their nodes, by (list $ tier). */}}
{{- define "tandem.hasHostNetwork" -}}
{{- $values := index (first .).Values (last .) -}}
{{- eq ($values.expose | default "") "hostNetwork" -}}
{{- end -}}

{{/* Seconds from the wish to end a pod to its end, by (list $ tier): what it may take to hand over what it has, and 30 to stop. */}}
{{- define "tandem.graceSeconds" -}}
{{- add (index (first .).Values (last .)).drainSeconds 30 -}}
{{- end -}}

{{/* How many pods of a component; nothing where something else says so. By (list $ component). */}}
{{- define "tandem.replicas" -}}
{{- $values := index (first .).Values (last .) -}}
{{- if not (or (kindIs "invalid" $values.replicas) (eq (include "tandem.isScaled" .) "true")) }}
replicas: {{ $values.replicas }}
{{- end }}
{{- end -}}

{{/* The priority class of a component, by (list $ component). */}}
{{- define "tandem.priorityClass" -}}
{{- $root := first . -}}
{{- $own := (index $root.Values (last .)).priorityClassName -}}
{{- if $own -}}{{ $own }}{{- else if $root.Values.priorityClasses.create -}}
{{- include "tandem.part" (list $root (ternary "servers" "calls" (has (last .) (list "nats" "redis" "etcd")))) -}}
{{- end -}}
{{- end -}}
