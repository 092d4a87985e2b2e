{{- define "tandem.redis.ports" -}}
client: 6379
sentinel: 26379
{{- end -}}

{{- define "tandem.redis.url" -}}
{{- $sentinels := list -}}
{{- range include "tandem.serverHosts" (list . "redis") | fromJsonArray -}}
{{- $sentinels = append $sentinels (printf "%s:26379" .) -}}
{{- end -}}
redis+sentinel://:$(REDIS_PASSWORD)@{{ join "," $sentinels }}/tandem
{{- end -}}

{{- define "tandem.redis.files" -}}
{{- $hosts := include "tandem.serverHosts" (list . "redis") | fromJsonArray -}}
redis.conf: |
  port 6379
  protected-mode no
  dir /data
  # Every write is on disk within a second; one that no replica has is refused where there are some.
  appendonly yes
  appendfsync everysec
  maxmemory-policy noeviction
  replica-announce-port 6379
sentinel.conf: |
  port 26379
  protected-mode no
  # Addresses of pods change, their names do not.
  sentinel resolve-hostnames yes
  sentinel announce-hostnames yes
master.sh: |
  # Prints the master: as the other sentinels see it, else as this pod has known it last, else the first pod.
  for host in {{ join " " $hosts }}; do
    master=$(timeout 2 redis-cli -h "$host" -p 26379 sentinel get-master-addr-by-name tandem 2>/dev/null | head -n 1)
    case "$master" in *.svc.*) echo "$master"; exit 0;; esac
  done
  master=$(sed -n 's/^sentinel monitor tandem \([^ ]*\) .*/\1/p' /data/sentinel.conf 2>/dev/null)
  echo "${master:-{{ first $hosts }}}"
redis.sh: |
  master=$(sh /etc/redis/master.sh)
  {
    cat /etc/redis/redis.conf
    printf 'requirepass %s\nmasterauth %s\n' "$REDISCLI_AUTH" "$REDISCLI_AUTH"
    echo "replica-announce-ip $HOST"
    [ "$master" = "$HOST" ] || echo "replicaof $master 6379"
  } > /tmp/redis.conf
  exec redis-server /tmp/redis.conf
sentinel.sh: |
  if [ ! -s /data/sentinel.conf ]; then
    master=$(sh /etc/redis/master.sh)
    {
      cat /etc/redis/sentinel.conf
      printf 'requirepass %s\n' "$REDISCLI_AUTH"
      echo "sentinel announce-ip $HOST"
      echo "sentinel monitor tandem $master 6379 {{ add (div (int .Values.redis.replicas) 2) 1 }}"
      printf 'sentinel auth-pass tandem %s\n' "$REDISCLI_AUTH"
      echo 'sentinel down-after-milliseconds tandem 3000'
      echo 'sentinel failover-timeout tandem 15000'
    } > /data/sentinel.conf
  fi
  exec redis-server /data/sentinel.conf --sentinel
{{- end -}}

{{- define "tandem.redis.containers" -}}
{{- range $program, $port := dict "redis" "client" "sentinel" "sentinel" }}
- name: {{ $program }}
  image: {{ $.Values.redis.image }}
  imagePullPolicy: {{ $.Values.image.pullPolicy }}
  command: [sh, -eu, /etc/redis/{{ $program }}.sh]
  env:
    {{- include "tandem.redis.environment" $ | nindent 4 }}
  ports:
    - { name: {{ $port }}, containerPort: {{ index (include "tandem.redis.ports" $ | fromYaml) $port }}, protocol: TCP }
  startupProbe: { exec: { command: {{ include "tandem.redis.ping" $port }} }, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 120 }
  readinessProbe: { exec: { command: {{ include "tandem.redis.ping" $port }} }, periodSeconds: 10, timeoutSeconds: 5 }
  livenessProbe: { tcpSocket: { port: {{ $port }} }, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 }
  resources: {{ toJson (index $.Values.redis (ternary "resources" "sentinelResources" (eq $program "redis"))) }}
  securityContext:
    {{- include "tandem.containerSecurity" $ | nindent 4 }}
  volumeMounts:
    - { name: data, mountPath: /data }
    - { name: files, mountPath: /etc/redis, readOnly: true }
    - { name: tmp, mountPath: /tmp }
{{- end }}
{{- end -}}

{{- define "tandem.redis.ping" -}}
{{- $port := ternary 6379 26379 (eq . "client") -}}
[sh, -c, "redis-cli -p {{ $port }} ping | grep -q PONG"]
{{- end -}}

{{- define "tandem.redis.environment" -}}
- name: POD_NAME
  valueFrom: { fieldRef: { fieldPath: metadata.name } }
- { name: HOST, value: $(POD_NAME).{{ include "tandem.host" (list . "redis") }} }
{{ include "tandem.secretVariable" (list . "REDISCLI_AUTH" "redis-password") }}
{{- end -}}
