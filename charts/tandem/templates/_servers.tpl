{{/* What the servers of the chart (NATS, Redis, etcd) have in common. */}}

{{/* The names of a server's pods in DNS, as a JSON list, by (list $ server). */}}
{{- define "tandem.serverHosts" -}}
{{- $root := first . -}}
{{- $name := include "tandem.part" . -}}
{{- $hosts := list -}}
{{- range $index := until (int (index $root.Values (last .)).replicas) -}}
{{- $hosts = append $hosts (printf "%s-%d.%s.%s.svc.%s" $name $index $name $root.Release.Namespace $root.Values.clusterDomain) -}}
{{- end -}}
{{- toJson $hosts -}}
{{- end -}}

{{/* A StatefulSet of a server, `.item`: its containers and volumes are in a template of its own. */}}
{{- define "tandem.serverStatefulSet" -}}
{{- $values := index .Values .item -}}
{{- $name := include "tandem.part" (list . .item) -}}
apiVersion: apps/v1
kind: StatefulSet
metadata:
  {{- include "tandem.metadata" (list . .item) | nindent 2 }}
spec:
  replicas: {{ $values.replicas }}
  serviceName: {{ $name }}
  # They wait for each other before they are ready.
  podManagementPolicy: Parallel
  minReadySeconds: 5
  selector: { matchLabels: {{ include "tandem.selector" (list . .item) | fromYaml | toJson }} }
  template:
    {{- include "tandem.overridden" (list (include "tandem.serverPod" . | fromYaml) $values.podTemplate (printf "%s.podTemplate" .item)) | nindent 4 }}
  persistentVolumeClaimRetentionPolicy: { whenDeleted: {{ .Values.persistence.whenDeleted }}, whenScaled: Retain }
  volumeClaimTemplates:
    - apiVersion: v1
      kind: PersistentVolumeClaim
      metadata:
        name: data
        labels: {{ include "tandem.selector" (list . .item) | fromYaml | toJson }}
      spec:
        accessModes: [ReadWriteOnce]
        {{- with $values.storageClass | default .Values.persistence.storageClass }}
        storageClassName: {{ . }}
        {{- end }}
        resources: { requests: { storage: {{ $values.storage }} } }
{{- end -}}

{{- define "tandem.serverPod" -}}
{{- $values := index .Values .item -}}
metadata:
  labels:
    {{- include "tandem.selector" (list . .item) | nindent 4 }}
  {{- with include (printf "tandem.%s.files" .item) . }}
  annotations:
    checksum/files: {{ sha256sum . }}
  {{- end }}
spec:
  serviceAccountName: {{ include "tandem.part" (list . .item) }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ $values.graceSeconds }}
  {{- include "tandem.placement" (list . .item) | nindent 2 }}
  affinity:
    podAntiAffinity:
      # Two on one node are lost together.
      {{ ternary "requiredDuringSchedulingIgnoredDuringExecution" "preferredDuringSchedulingIgnoredDuringExecution" .Values.persistence.separateNodes }}:
        {{- $term := dict "topologyKey" "kubernetes.io/hostname" "labelSelector" (dict "matchLabels" (include "tandem.selector" (list . .item) | fromYaml)) }}
        - {{ ternary $term (dict "weight" 100 "podAffinityTerm" $term) .Values.persistence.separateNodes | toJson }}
  securityContext:
    {{- include "tandem.podSecurity" . | nindent 4 }}
  containers:
    {{- include (printf "tandem.%s.containers" .item) . | nindent 4 }}
  volumes:
    - name: tmp
      emptyDir: { sizeLimit: 64Mi }
    {{- if include (printf "tandem.%s.files" .item) . }}
    - name: files
      configMap: { name: {{ include "tandem.part" (list . .item) }}, defaultMode: 0555 }
    {{- end }}
{{- end -}}

{{- define "tandem.serverFiles" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  {{- include "tandem.metadata" (list . .item) | nindent 2 }}
data:
  {{- include (printf "tandem.%s.files" .item) . | nindent 2 }}
{{- end -}}

{{/* The pods of a server, by name and all together. */}}
{{- define "tandem.serverService" -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "tandem.metadata" (list . .item) | nindent 2 }}
spec:
  clusterIP: None
  {{- include "tandem.families" . | nindent 2 }}
  # They find each other before they are ready.
  publishNotReadyAddresses: true
  selector: {{ include "tandem.selector" (list . .item) | fromYaml | toJson }}
  ports:
    {{- range $name, $port := include (printf "tandem.%s.ports" .item) . | fromYaml }}
    - { name: {{ $name }}, port: {{ $port }}, targetPort: {{ $name }}, protocol: TCP }
    {{- end }}
{{- end -}}

{{/* The ports of a container, from a map of names and ports. */}}
{{- define "tandem.containerPorts" -}}
{{- range $name, $port := . }}
- { name: {{ $name }}, containerPort: {{ $port }}, protocol: TCP }
{{- end }}
{{- end -}}
