{{/* What an upgrade changes of the pods of each tier, which are replaced for it: lines by tier. Nothing is there before an installation. */}}
{{- define "tandem.rolled" -}}
{{- range $tier := list "edge" "router" "media" "trunk" -}}
{{- if (index $.Values $tier).enabled -}}
{{- $was := include "tandem.rolled.was" (list $ $tier) | fromJson -}}
{{- if $was.spec -}}
{{- with include "tandem.rolled.changes" (list $was.spec.template (include "tandem.pod" (list $ $tier) | fromYaml)) }}
  - {{ $tier }}: {{ . }}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The workload of a tier as the cluster has it, as JSON, by (list $ tier). */}}
{{- define "tandem.rolled.was" -}}
{{- $root := first . -}}
{{- $kind := (index $root.Values (last .)).kind | default "Deployment" -}}
{{- lookup "apps/v1" $kind $root.Release.Namespace (include "tandem.part" .) | toJson -}}
{{- end -}}

{{/* The settings that differ, `image` and `resources`, by (list before after), both templates of pods. */}}
{{- define "tandem.rolled.changes" -}}
{{- $before := include "tandem.rolled.container" (first .) | fromJson -}}
{{- $after := include "tandem.rolled.container" (last .) | fromJson -}}
{{- $changes := list -}}
{{- range $name := concat (keys $before) (keys $after) | uniq | sortAlpha -}}
{{- if ne (toJson (index $before $name)) (toJson (index $after $name)) -}}{{- $changes = append $changes $name -}}{{- end -}}
{{- end -}}
{{- join ", " $changes -}}
{{- end -}}

{{/* What may differ of the first container of a template, by its name, as JSON; without what the API server adds to it. */}}
{{- define "tandem.rolled.container" -}}
{{- $container := first .spec.containers -}}
{{- $found := dict "image" $container.image "resources" $container.resources -}}
{{- range $container.env -}}
{{- $from := .valueFrom | default dict -}}
{{- $_ := set $found .name (list (.value | default "") (pick (dig "secretKeyRef" dict $from) "name" "key") (pick (dig "configMapKeyRef" dict $from) "name" "key") (pick (dig "fieldRef" dict $from) "fieldPath")) -}}
{{- end -}}
{{- toJson $found -}}
{{- end -}}
