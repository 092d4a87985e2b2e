{{/* What every name begins with. A pod adds up to 27 characters, and its name is a node id, which has 63 at most. */}}
{{- define "tandem.name" -}}
{{- $name := .Values.nameOverride | default (ternary .Release.Name (printf "%s-tandem" .Release.Name) (contains "tandem" .Release.Name)) -}}
{{- $name | replace "." "-" | trunc 36 | trimSuffix "-" -}}
{{- end -}}

{{/* The name of a part, by (list $ part). */}}
{{- define "tandem.part" -}}
{{- include "tandem.name" (first .) }}-{{ last . -}}
{{- end -}}

{{/* The name of a part that belongs to no namespace, by (list $ part). */}}
{{- define "tandem.clusterPart" -}}
{{- (first .).Release.Namespace }}-{{ include "tandem.part" . -}}
{{- end -}}

{{/* Name and labels of an object that belongs to no namespace, as `tandem.metadata`. */}}
{{- define "tandem.clusterMetadata" -}}
name: {{ include "tandem.clusterPart" (list (first .) (last .)) }}
labels:
  {{- include "tandem.labels" (list (first .) (index . 1)) | nindent 2 }}
{{- end -}}

{{/* What selects the pods of a component, by (list $ component). */}}
{{- define "tandem.selector" -}}
app.kubernetes.io/name: tandem
app.kubernetes.io/instance: {{ (first .).Release.Name }}
app.kubernetes.io/component: {{ last . }}
{{- end -}}

{{/* Labels of a component's objects, by (list $ component). */}}
{{- define "tandem.labels" -}}
{{- $root := first . -}}
{{ include "tandem.selector" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* Name, namespace and labels of an object, by (list $ component) or (list $ component name). */}}
{{- define "tandem.metadata" -}}
{{- $root := first . -}}
{{- $component := index . 1 -}}
name: {{ include "tandem.part" (list $root (last .)) }}
namespace: {{ $root.Release.Namespace }}
labels:
  {{- include "tandem.labels" (list $root $component) | nindent 2 }}
{{- end -}}

{{/* The name of a service within the cluster, by (list $ part). */}}
{{- define "tandem.host" -}}
{{- include "tandem.part" . }}.{{ (first .).Release.Namespace }}.svc.{{ (first .).Values.clusterDomain -}}
{{- end -}}
