{{/*
An object, by (list $ template overrides) or (list $ template overrides item): what the template of that name makes of $ (and
of `.item`), with `merge` laid over it and `patch` applied to that. Every object of this chart is made by this.
*/}}
{{- define "tandem.resource" -}}
{{- $root := first . -}}
{{- $template := index . 1 -}}
{{- $item := ternary (last .) nil (gt (len .) 3) -}}
{{- $context := dict "item" $item -}}
{{- range $key := list "Values" "Release" "Chart" "Capabilities" "Files" "Template" -}}
{{- $_ := set $context $key (index $root $key) -}}
{{- end -}}
{{- $body := include $template $context | fromYaml -}}
{{- if $body.Error -}}{{- fail (printf "%s: %s" $template $body.Error) -}}{{- end -}}
---
{{ include "tandem.overridden" (list $body (index . 2) $template) }}
{{ end -}}

{{/* A map with its overrides, by (list map overrides what-it-is), as YAML. */}}
{{- define "tandem.overridden" -}}
{{- $overrides := index . 1 | default dict -}}
{{- $merged := mergeOverwrite (first .) (deepCopy ($overrides.merge | default dict)) -}}
{{- include "tandem.patched" (dict "document" $merged "operations" ($overrides.patch | default list) "what" (last .)) -}}
{{- end -}}
