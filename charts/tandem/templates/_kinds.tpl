{{/* Objects that are the same for each component; $ has the component as `.item`. */}}

{{- define "tandem.serviceAccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  {{- include "tandem.metadata" (list . .item) | nindent 2 }}
automountServiceAccountToken: false
{{- end -}}

{{- define "tandem.disruptionBudget" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "tandem.metadata" (list . .item) | nindent 2 }}
spec:
  # One at a time, whatever drains nodes: calls are handed over meanwhile.
  maxUnavailable: 1
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector: { matchLabels: {{ include "tandem.selector" (list . .item) | fromYaml | toJson }} }
{{- end -}}

{{/* The pods of a tier by name, for the others in the cluster and for metrics. */}}
{{- define "tandem.headlessService" -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "tandem.metadata" (list . .item) | nindent 2 }}
spec:
  clusterIP: None
  {{- include "tandem.families" . | nindent 2 }}
  # Nodes find each other by membership, which knows best who is there.
  publishNotReadyAddresses: true
  selector: {{ include "tandem.selector" (list . .item) | fromYaml | toJson }}
  ports:
    - { name: http, port: {{ (index .Values .item).httpPort }}, targetPort: http, protocol: TCP }
{{- end -}}

{{- define "tandem.families" -}}
ipFamilies: {{ toJson .Values.ipFamilies }}
ipFamilyPolicy: {{ ternary "RequireDualStack" "SingleStack" (gt (len .Values.ipFamilies) 1) }}
{{- end -}}

{{- define "tandem.tierStatefulSet" -}}
apiVersion: apps/v1
kind: StatefulSet
metadata:
  {{- include "tandem.metadata" (list . .item) | nindent 2 }}
spec:
  {{- include "tandem.replicas" (list . .item) | nindent 2 }}
  serviceName: {{ include "tandem.part" (list . .item) }}
  podManagementPolicy: Parallel
  minReadySeconds: 5
  selector: { matchLabels: {{ include "tandem.selector" (list . .item) | fromYaml | toJson }} }
  template:
    {{- include "tandem.pod" (list . .item) | nindent 4 }}
{{- end -}}

{{- define "tandem.tierDaemonSet" -}}
apiVersion: apps/v1
kind: DaemonSet
metadata:
  {{- include "tandem.metadata" (list . .item) | nindent 2 }}
spec:
  minReadySeconds: 5
  updateStrategy: { type: RollingUpdate, rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } }
  selector: { matchLabels: {{ include "tandem.selector" (list . .item) | fromYaml | toJson }} }
  template:
    {{- include "tandem.pod" (list . .item) | nindent 4 }}
{{- end -}}

{{- define "tandem.tierDeployment" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "tandem.metadata" (list . .item) | nindent 2 }}
spec:
  {{- include "tandem.replicas" (list . .item) | nindent 2 }}
  minReadySeconds: 5
  # The new one first, then the old one hands over what it has; on the network of a node there is no room for both.
  strategy: { type: RollingUpdate, rollingUpdate: {{ include "tandem.surge" (list . .item) }} }
  selector: { matchLabels: {{ include "tandem.selector" (list . .item) | fromYaml | toJson }} }
  template:
    {{- include "tandem.pod" (list . .item) | nindent 4 }}
{{- end -}}

{{- define "tandem.surge" -}}
{{- if eq (include "tandem.hasHostNetwork" .) "true" -}}
{ maxUnavailable: 1, maxSurge: 0 }
{{- else -}}
{ maxUnavailable: 0, maxSurge: 1 }
{{- end -}}
{{- end -}}
