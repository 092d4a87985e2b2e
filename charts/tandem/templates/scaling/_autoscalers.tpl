{{/* KEDA asks Prometheus itself. */}}
{{- define "tandem.scaling.keda" -}}
{{- $values := index .Values.scaling .item -}}
{{- $metadata := dict "serverAddress" (required "scaling.prometheus: where KEDA asks, such as http://prometheus.monitoring:9090" .Values.scaling.prometheus) "ignoreNullValues" "false" -}}
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  {{- include "tandem.metadata" (list . .item) | nindent 2 }}
spec:
  scaleTargetRef: {{ include "tandem.scaling.target" . | fromYaml | toJson }}
  minReplicaCount: {{ $values.min }}
  maxReplicaCount: {{ $values.max }}
  pollingInterval: 15
  advanced:
    horizontalPodAutoscalerConfig:
      behavior: {{ toJson .Values.scaling.behavior }}
  triggers:
    {{- range $name, $trigger := include "tandem.scaling.triggers" (list . .item) | fromYaml }}
    - type: prometheus
      name: {{ $name }}
      metricType: AverageValue
      metadata: {{ merge (dict "query" $trigger.query "threshold" $trigger.perPod) $metadata | toJson }}
    {{- end }}
    {{- range $values.shifts }}
    - type: cron
      metadata: { timezone: {{ .timezone }}, start: {{ .start | quote }}, end: {{ .end | quote }}, desiredReplicas: {{ .pods | quote }} }
    {{- end }}
{{- end -}}

{{/* The expressions as metrics, for prometheus-adapter to serve. */}}
{{- define "tandem.scaling.rules" -}}
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  {{- include "tandem.monitoring.metadata" (list . "scaling") | nindent 2 }}
spec:
  groups:
    - name: {{ include "tandem.part" (list . "scaling") }}
      interval: 15s
      rules:
        {{- range $tier := list "edge" "router" "media" }}
        {{- if eq (include "tandem.isScaled" (list $ $tier)) "true" }}
        {{- range $name, $trigger := include "tandem.scaling.triggers" (list $ $tier) | fromYaml }}
        - record: {{ include "tandem.scaling.metric" (list $tier $name) }}
          expr: {{ $trigger.query | squote }}
          labels: { namespace: {{ $.Release.Namespace }}, release: {{ $.Release.Name }} }
        {{- end }}
        {{- end }}
        {{- end }}
{{- end -}}

{{/* What a signal is recorded as, by (list tier signal). */}}
{{- define "tandem.scaling.metric" -}}
tandem_scaling_{{ first . }}_{{ last . | snakecase }}
{{- end -}}

{{- define "tandem.scaling.hpa" -}}
{{- $values := index .Values.scaling .item -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  {{- include "tandem.metadata" (list . .item) | nindent 2 }}
spec:
  scaleTargetRef: {{ include "tandem.scaling.target" . | fromYaml | toJson }}
  minReplicas: {{ $values.min }}
  maxReplicas: {{ $values.max }}
  behavior: {{ toJson .Values.scaling.behavior }}
  metrics:
    {{- range $name, $trigger := include "tandem.scaling.triggers" (list . .item) | fromYaml }}
    - type: External
      external:
        metric:
          name: {{ include "tandem.scaling.metric" (list $.item $name) }}
          selector: { matchLabels: { release: {{ $.Release.Name }} } }
        target: { type: AverageValue, averageValue: {{ $trigger.perPod | quote }} }
    {{- end }}
{{- end -}}

{{/* A pod changes annotations, its own among them, by its state: that lets it change nothing that any pod runs. */}}
{{- define "tandem.scaling.role" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  {{- include "tandem.metadata" (list . "scaling") | nindent 2 }}
rules:
  - { apiGroups: [""], resources: [pods/status], verbs: [patch] }
{{- end -}}

{{- define "tandem.scaling.roleBinding" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  {{- include "tandem.metadata" (list . "scaling") | nindent 2 }}
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: {{ include "tandem.part" (list . "scaling") }} }
subjects:
  {{- range $tier := list "edge" "media" }}
  {{- if eq (include "tandem.isCounted" (list $ $tier)) "true" }}
  - { kind: ServiceAccount, name: {{ include "tandem.part" (list $ $tier) }}, namespace: {{ $.Release.Namespace }} }
  {{- end }}
  {{- end }}
{{- end -}}
