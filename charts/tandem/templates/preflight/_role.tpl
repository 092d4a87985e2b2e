{{/* The labels of its own namespace, and the secrets that values name: no other. */}}
{{- define "tandem.preflight.rules" -}}
{{- if eq (include "tandem.preflight.hasHostNetwork" .) "true" }}
- { apiGroups: [""], resources: [namespaces], resourceNames: [{{ .Release.Namespace }}], verbs: [get] }
{{- end }}
{{- with include "tandem.preflight.secrets" . | fromYaml }}
- { apiGroups: [""], resources: [secrets], resourceNames: {{ keys . | sortAlpha | toJson }}, verbs: [get] }
{{- end }}
{{- end -}}

{{- define "tandem.preflight.inNamespace" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  {{- include "tandem.metadata" (list . "preflight") | nindent 2 }}
rules:
  {{- include "tandem.preflight.rules" . | nindent 2 }}
{{- end -}}

{{- define "tandem.preflight.bound" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  {{- include "tandem.metadata" (list . "preflight") | nindent 2 }}
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: {{ include "tandem.part" (list . "preflight") }} }
subjects: {{ include "tandem.preflight.subjects" . }}
{{- end -}}

{{- define "tandem.preflight.inCluster" -}}
{{- $classes := include "tandem.preflight.storageClasses" . | fromYamlArray -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  {{- include "tandem.clusterMetadata" (list . "preflight") | nindent 2 }}
rules:
  {{- if has "" $classes }}
  - { apiGroups: [storage.k8s.io], resources: [storageclasses], verbs: [list] }
  {{- end }}
  {{- with without $classes "" }}
  - { apiGroups: [storage.k8s.io], resources: [storageclasses], resourceNames: {{ toJson . }}, verbs: [get] }
  {{- end }}
  {{- if eq (include "tandem.preflight.hasLoadBalancer" .) "true" }}
  - { apiGroups: [""], resources: [services], verbs: [list] }
  {{- end }}
{{- end -}}

{{- define "tandem.preflight.boundInCluster" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  {{- include "tandem.clusterMetadata" (list . "preflight") | nindent 2 }}
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {{ include "tandem.clusterPart" (list . "preflight") }} }
subjects: {{ include "tandem.preflight.subjects" . }}
{{- end -}}

{{- define "tandem.preflight.subjects" -}}
[{ kind: ServiceAccount, name: {{ include "tandem.part" (list . "preflight") }}, namespace: {{ .Release.Namespace }} }]
{{- end -}}
