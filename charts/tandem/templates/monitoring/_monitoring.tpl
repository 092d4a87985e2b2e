{{- define "tandem.serviceMonitor" -}}
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  {{- include "tandem.monitoring.metadata" (list . "monitoring" "tiers") | nindent 2 }}
spec:
  selector:
    matchLabels: { app.kubernetes.io/name: tandem, app.kubernetes.io/instance: {{ .Release.Name }} }
  endpoints:
    - port: http
      path: /metrics
      interval: {{ .Values.monitoring.serviceMonitor.interval }}
      relabelings:
        - sourceLabels: [__meta_kubernetes_service_label_app_kubernetes_io_component]
          targetLabel: tier
        - sourceLabels: [__meta_kubernetes_pod_name]
          targetLabel: instance
{{- end -}}

{{/* The rules of files/alerts.yaml, with the place of the runbooks that the values say. */}}
{{- define "tandem.prometheusRule" -}}
{{- $rules := .Files.Get "files/alerts.yaml" | replace "docs/operations.md#" (printf "%s#" .Values.monitoring.alerts.runbooks) | fromYaml -}}
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  {{- include "tandem.monitoring.metadata" (list . "monitoring" "alerts") | nindent 2 }}
spec:
  groups:
    {{- toYaml $rules.groups | nindent 4 }}
{{- end -}}

{{/* A dashboard, `.item`, as the sidecar of Grafana takes it. */}}
{{- define "tandem.dashboard" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  {{- include "tandem.metadata" (list . "monitoring" (printf "dashboard-%s" .item)) | nindent 2 }}
    {{- toYaml .Values.monitoring.dashboards.labels | nindent 4 }}
data:
  tandem-{{ .item }}.json: {{ .Files.Get (printf "files/dashboards/%s.json" .item) | toJson }}
{{- end -}}

{{/* Name and labels of what Prometheus looks for, as of `tandem.metadata`. */}}
{{- define "tandem.monitoring.metadata" -}}
{{- include "tandem.metadata" . }}
{{- with (first .).Values.monitoring.labels }}
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
