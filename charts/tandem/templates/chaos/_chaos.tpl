{{/* Who kills pods sees them all, and deletes them; nothing else. */}}
{{- define "tandem.chaos.role" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  {{- include "tandem.metadata" (list . "chaos") | nindent 2 }}
rules:
  - { apiGroups: [""], resources: [pods], verbs: [list, delete] }
{{- end -}}

{{- define "tandem.chaos.roleBinding" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  {{- include "tandem.metadata" (list . "chaos") | nindent 2 }}
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: {{ include "tandem.part" (list . "chaos") }} }
subjects: [{ kind: ServiceAccount, name: {{ include "tandem.part" (list . "chaos") }}, namespace: {{ .Release.Namespace }} }]
{{- end -}}

{{/* That of `tandem.calls`, and a way to the API: its address is known to the cluster alone. */}}
{{- define "tandem.chaos.traffic" -}}
{{- include "tandem.calls.traffic" . }}
  - ports: [{ port: 443, protocol: TCP }, { port: 6443, protocol: TCP }]
{{- end -}}
