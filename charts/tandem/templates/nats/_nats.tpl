{{- define "tandem.nats.ports" -}}
client: 4222
cluster: 6222
monitor: 8222
{{- end -}}

{{- define "tandem.nats.url" -}}
{{- $servers := list -}}
{{- range include "tandem.serverHosts" (list . "nats") | fromJsonArray -}}
{{- $servers = append $servers (printf "nats://tandem:$(NATS_PASSWORD)@%s:4222" .) -}}
{{- end -}}
{{- join "," $servers -}}
{{- end -}}

{{- define "tandem.nats.files" -}}
nats.conf: |
  server_name: $POD_NAME
  port: 4222
  http: 8222
  jetstream { store_dir: /data, max_memory_store: 64MiB, max_file_store: {{ .Values.nats.streams }} }
  authorization { user: tandem, password: $NATS_PASSWORD }
  {{- if gt (int .Values.nats.replicas) 1 }}
  cluster {
    name: {{ include "tandem.part" (list . "nats") }}
    port: 6222
    # Clients know all servers by their names: addresses of pods change.
    no_advertise: true
    authorization { user: route, password: $NATS_PASSWORD }
    routes: [{{- range $index := until (int .Values.nats.replicas) }} $NATS_ROUTE_{{ $index }},{{ end }} ]
  }
  {{- end }}
  lame_duck_grace_period: 5s
  lame_duck_duration: 30s
{{- end -}}

{{- define "tandem.nats.containers" -}}
- name: nats
  image: {{ .Values.nats.image }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  command: [nats-server, --config, /etc/nats/nats.conf, --pid, /tmp/nats.pid]
  env:
    - name: POD_NAME
      valueFrom: { fieldRef: { fieldPath: metadata.name } }
    {{- include "tandem.secretVariable" (list . "NATS_PASSWORD" "nats-password") | nindent 4 }}
    {{- range $index, $host := include "tandem.serverHosts" (list . "nats") | fromJsonArray }}
    - { name: NATS_ROUTE_{{ $index }}, value: "nats://route:$(NATS_PASSWORD)@{{ $host }}:6222" }
    {{- end }}
  ports:
    {{- include "tandem.containerPorts" (include "tandem.nats.ports" . | fromYaml) | nindent 4 }}
  # Of these only the first asks whether streams have caught up.
  startupProbe: { httpGet: { path: /healthz, port: monitor }, periodSeconds: 5, failureThreshold: 60 }
  readinessProbe: { httpGet: { path: "/healthz?js-server-only=true", port: monitor }, periodSeconds: 5 }
  livenessProbe: { httpGet: { path: "/healthz?js-enabled-only=true", port: monitor }, periodSeconds: 30, timeoutSeconds: 5 }
  lifecycle:
    # Clients go to another server one after the other, in 30 s; then it ends.
    preStop: { exec: { command: [nats-server, --signal, ldm=/tmp/nats.pid] } }
  resources: {{ toJson .Values.nats.resources }}
  securityContext:
    {{- include "tandem.containerSecurity" . | nindent 4 }}
  volumeMounts:
    - { name: data, mountPath: /data }
    - { name: files, mountPath: /etc/nats, readOnly: true }
    - { name: tmp, mountPath: /tmp }
{{- end -}}
