{{- define "tandem.etcd.ports" -}}
client: 2379
peer: 2380
metrics: 2381
{{- end -}}

{{/* Its image has no shell and needs no file. */}}
{{- define "tandem.etcd.files" -}}
{{- end -}}

{{- define "tandem.etcd.url" -}}
{{- $servers := list -}}
{{- range include "tandem.serverHosts" (list . "etcd") | fromJsonArray -}}
{{- $servers = append $servers (printf "http://root:$(ETCD_PASSWORD)@%s:2379" .) -}}
{{- end -}}
{{- join "," $servers -}}
{{- end -}}

{{- define "tandem.etcd.containers" -}}
{{- $name := include "tandem.part" (list . "etcd") -}}
{{- $own := printf "$(POD_NAME).%s.%s.svc.%s" $name .Release.Namespace .Values.clusterDomain -}}
{{- $members := list -}}
{{- range $index, $host := include "tandem.serverHosts" (list . "etcd") | fromJsonArray -}}
{{- $members = append $members (printf "%s-%d=http://%s:2380" $name $index $host) -}}
{{- end -}}
- name: etcd
  image: {{ .Values.etcd.image }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  command: [etcd]
  env:
    - name: POD_NAME
      valueFrom: { fieldRef: { fieldPath: metadata.name } }
    - { name: ETCD_NAME, value: $(POD_NAME) }
    - { name: ETCD_DATA_DIR, value: /data/etcd }
    - { name: ETCD_LISTEN_CLIENT_URLS, value: "http://{{ include "tandem.anyAddress" . }}:2379" }
    - { name: ETCD_LISTEN_PEER_URLS, value: "http://{{ include "tandem.anyAddress" . }}:2380" }
    - { name: ETCD_LISTEN_METRICS_URLS, value: "http://{{ include "tandem.anyAddress" . }}:2381" }
    - { name: ETCD_ADVERTISE_CLIENT_URLS, value: "http://{{ $own }}:2379" }
    - { name: ETCD_INITIAL_ADVERTISE_PEER_URLS, value: "http://{{ $own }}:2380" }
    # Read at the first start only; a member that has lost its volume is replaced by hand (UPGRADING.md).
    - { name: ETCD_INITIAL_CLUSTER, value: {{ join "," $members | quote }} }
    - { name: ETCD_INITIAL_CLUSTER_TOKEN, value: {{ $name }} }
    - { name: ETCD_AUTO_COMPACTION_MODE, value: periodic }
    - { name: ETCD_AUTO_COMPACTION_RETENTION, value: 1h }
  ports:
    {{- include "tandem.containerPorts" (include "tandem.etcd.ports" . | fromYaml) | nindent 4 }}
  # Serializable: answered by the member alone. Only readiness asks whether there is a leader.
  startupProbe: { httpGet: { path: "/health?serializable=true", port: metrics }, periodSeconds: 5, failureThreshold: 60 }
  readinessProbe: { httpGet: { path: /health, port: metrics }, periodSeconds: 5, timeoutSeconds: 5 }
  livenessProbe: { httpGet: { path: "/health?serializable=true&exclude=NOSPACE", port: metrics }, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 }
  resources: {{ toJson .Values.etcd.resources }}
  securityContext:
    {{- include "tandem.containerSecurity" . | nindent 4 }}
  volumeMounts:
    - { name: data, mountPath: /data }
    - { name: tmp, mountPath: /tmp }
{{- end -}}
