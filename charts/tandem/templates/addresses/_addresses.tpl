{{/* What finds the addresses that a tier tells others, by (list $ tier), as a list: those whom the API of Kubernetes is asked for. */}}
{{- define "tandem.addresses.sources" -}}
{{- $root := first . -}}
{{- $tier := last . -}}
{{- $sources := list -}}
{{- if has $tier (list "edge" "media") -}}
{{- $settings := include (printf "tandem.%s.settings" $tier) $root | fromYaml -}}
{{- $_ := mergeOverwrite $settings (deepCopy $root.Values.settings) (deepCopy (index $root.Values $tier).settings) -}}
{{- range ternary (list "TANDEM_SIP_ADVERTISE" "TANDEM_SIP_SHARED") (list "TANDEM_RTP_ADVERTISE") (eq $tier "edge") -}}
{{- range splitList "," (toString (index $settings . | default "")) -}}
{{- if regexMatch "^(node(:.+)?|service:.+)$" (trim .) -}}{{- $sources = append $sources (trim .) -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $sources | uniq | toYaml -}}
{{- end -}}

{{/* "true" where a tier finds what it tells others at its node, by (list $ tier). */}}
{{- define "tandem.addresses.areOfNode" -}}
{{- regexMatch "(^|,)node" (include "tandem.addresses.sources" . | fromYamlArray | join ",") -}}
{{- end -}}

{{/* The Services of the namespace of the release whose addresses a tier tells, by (list $ tier), as a list. */}}
{{- define "tandem.addresses.services" -}}
{{- $names := list -}}
{{- range include "tandem.addresses.sources" . | fromYamlArray -}}
{{- $name := trimPrefix "service:" . | trimPrefix (printf "%s/" (first $).Release.Namespace) -}}
{{- if and (hasPrefix "service:" .) (not (contains "/" $name)) -}}{{- $names = append $names $name -}}{{- end -}}
{{- end -}}
{{- toYaml $names -}}
{{- end -}}

{{/* "true" where the pods of a tier ask the API of Kubernetes for anything, by (list $ tier). */}}
{{- define "tandem.asksKubernetes" -}}
{{- or (eq (include "tandem.isCounted" .) "true") (gt (len (include "tandem.addresses.sources" . | fromYamlArray)) 0) -}}
{{- end -}}

{{/* The Services that a tier, `.item`, asks for. One of another namespace is granted there, by whoever it belongs to. */}}
{{- define "tandem.addresses.role" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  {{- include "tandem.metadata" (list . .item (printf "%s-addresses" .item)) | nindent 2 }}
rules:
  - { apiGroups: [""], resources: [services], resourceNames: {{ include "tandem.addresses.services" (list . .item) | fromYamlArray | toJson }}, verbs: [get] }
{{- end -}}

{{- define "tandem.addresses.roleBinding" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  {{- include "tandem.metadata" (list . .item (printf "%s-addresses" .item)) | nindent 2 }}
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: {{ include "tandem.part" (list . (printf "%s-addresses" .item)) }} }
subjects: [{ kind: ServiceAccount, name: {{ include "tandem.part" (list . .item) }}, namespace: {{ .Release.Namespace }} }]
{{- end -}}

{{/* Which node a pod comes to is not known before: any may be read. */}}
{{- define "tandem.addresses.clusterRole" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  {{- include "tandem.clusterMetadata" (list . .item (printf "%s-addresses" .item)) | nindent 2 }}
rules:
  - { apiGroups: [""], resources: [nodes], verbs: [get] }
{{- end -}}

{{- define "tandem.addresses.clusterRoleBinding" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  {{- include "tandem.clusterMetadata" (list . .item (printf "%s-addresses" .item)) | nindent 2 }}
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {{ include "tandem.clusterPart" (list . (printf "%s-addresses" .item)) }} }
subjects: [{ kind: ServiceAccount, name: {{ include "tandem.part" (list . .item) }}, namespace: {{ .Release.Namespace }} }]
{{- end -}}
