{{/* What the doctor is told besides: which addresses nobody outside is told, and how a node is asked from outside. */}}
{{- define "tandem.doctor.arguments" -}}
{{- $within := list -}}
{{- if eq .Values.edge.expose "cluster" -}}
{{- $within = append $within "sip" -}}
{{- if eq .Values.media.expose "cluster" -}}{{- $within = append $within "rtp" -}}{{- end -}}
{{- end -}}
- doctor
- --from
- pod
{{- with $within }}
- --reached-within
- {{ join "," . | quote }}
{{- end }}
{{- if eq (include "tandem.doctor.seesServices" .) "true" }}
- --services
- app.kubernetes.io/instance={{ .Release.Name }}
{{- end }}
{{- if .Values.router.enabled }}
- --forward
- kubectl -n {{ .Release.Namespace }} port-forward deploy/{{ include "tandem.part" (list . "router") }} 8080:{{ .Values.router.httpPort }}
{{- end }}
{{- end -}}

{{/* "true" where Services lead in from outside, which it compares with what is advertised. */}}
{{- define "tandem.doctor.seesServices" -}}
{{- or (eq .Values.edge.expose "loadBalancer") (and .Values.media.enabled (eq .Values.media.expose "services")) -}}
{{- end -}}

{{- define "tandem.doctor.role" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  {{- include "tandem.metadata" (list . "doctor") | nindent 2 }}
rules:
  - { apiGroups: [""], resources: [services], verbs: [list] }
{{- end -}}

{{- define "tandem.doctor.roleBinding" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  {{- include "tandem.metadata" (list . "doctor") | nindent 2 }}
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: {{ include "tandem.part" (list . "doctor") }} }
subjects: [{ kind: ServiceAccount, name: {{ include "tandem.part" (list . "doctor") }}, namespace: {{ .Release.Namespace }} }]
{{- end -}}

{{/* The bus alone is asked who is there, and what has come to them. */}}
{{- define "tandem.doctor.environment" -}}
{{- if .Values.nats.enabled }}
{{ include "tandem.secretVariable" (list . "NATS_PASSWORD" "nats-password") }}
{{- end }}
- name: HOST_IPS
  valueFrom: { fieldRef: { fieldPath: status.hostIPs } }
{{ include "tandem.variables" (include "tandem.doctor.settings" . | fromYaml) }}
{{- end -}}

{{- define "tandem.doctor.settings" -}}
TANDEM_REGION: {{ .Values.region }}
TANDEM_HOST_ADDRESSES: $(HOST_IPS)
TANDEM_NATS_URL: {{ include "tandem.serverUrl" (list . "nats") }}
{{- end -}}

{{/* On a node without edges and workers if there is one: what goes to theirs then leaves its own. */}}
{{- define "tandem.doctor.affinity" -}}
podAntiAffinity:
  preferredDuringSchedulingIgnoredDuringExecution:
    {{- range $tier := list "edge" "media" }}
    - weight: 50
      podAffinityTerm:
        topologyKey: kubernetes.io/hostname
        labelSelector: { matchLabels: {{ include "tandem.selector" (list $ $tier) | fromYaml | toJson }} }
    {{- end }}
{{- end -}}

{{/* What is advertised may be anywhere: networkPolicy.except is for edges and media workers. Answers may come from where nobody was asked. */}}
{{- define "tandem.doctor.traffic" -}}
ingress:
  - from:
      {{- include "tandem.peers" (list . "edge" "media") | nindent 6 }}
egress:
  {{- include "tandem.egress" (list . "nats") | nindent 2 }}
  - to:
      {{- include "tandem.peers" (list . "edge" "media") | nindent 6 }}
      {{- range .Values.ipFamilies }}
      - ipBlock: { cidr: {{ ternary "0.0.0.0/0" "::/0" (eq . "IPv4") | quote }} }
      {{- end }}
  {{- if eq (include "tandem.doctor.seesServices" .) "true" }}
  - ports: [{ port: 443, protocol: TCP }, { port: 6443, protocol: TCP }]
  {{- end }}
{{- end -}}
