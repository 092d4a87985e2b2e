{{/* A document after a JSON Patch (RFC 6902), as YAML: of `document`, `operations`, and `what` it is, for complaints. */}}
{{- define "tandem.patched" -}}
{{- $document := .document -}}
{{- $what := .what -}}
{{- range $index, $operation := .operations -}}
{{- $where := printf "%s: patch %d (%s %s)" $what $index $operation.op $operation.path -}}
{{- $step := dict "document" $document "path" (include "tandem.pointer" $operation.path | fromJsonArray) "op" $operation.op "value" $operation.value "where" $where -}}
{{- if has $operation.op (list "move" "copy") -}}
{{- $from := include "tandem.pointer" $operation.from | fromJsonArray -}}
{{- $found := include "tandem.at" (dict "document" $document "path" $from "where" $where) | fromJson -}}
{{- if eq $operation.op "move" -}}
{{- $removed := include "tandem.step" (dict "document" $document "path" $from "op" "remove" "where" $where) | fromJson -}}
{{- $_ := set $step "document" $removed.document -}}
{{- end -}}
{{- $_ := set $step "op" "add" -}}
{{- $_ := set $step "value" $found.document -}}
{{- end -}}
{{- if eq $operation.op "test" -}}
{{- $found := include "tandem.at" (dict "document" $document "path" $step.path "where" $where) | fromJson -}}
{{- if ne (toJson $found.document) (toJson $operation.value) -}}{{- fail (printf "%s: it is %s" $where (toJson $found.document)) -}}{{- end -}}
{{- else -}}
{{- $document = (include "tandem.step" $step | fromJson).document -}}
{{- end -}}
{{- end -}}
{{- toYaml $document -}}
{{- end -}}

{{/* The parts of a JSON Pointer (RFC 6901), as a JSON list. */}}
{{- define "tandem.pointer" -}}
{{- $parts := list -}}
{{- range splitList "/" (trimPrefix "/" .) -}}
{{- $parts = append $parts (. | replace "~1" "/" | replace "~0" "~") -}}
{{- end -}}
{{- toJson $parts -}}
{{- end -}}

{{/* The part of `document` at `path`, as the JSON of {"document": part}. */}}
{{- define "tandem.at" -}}
{{- $found := .document -}}
{{- $where := .where -}}
{{- range .path -}}
{{- if kindIs "slice" $found -}}
{{- $found = index $found (include "tandem.position" (dict "list" $found "part" . "where" $where) | int) -}}
{{- else -}}
{{- if not (and (kindIs "map" $found) (hasKey $found .)) -}}{{- fail (printf "%s: there is no %s" $where .) -}}{{- end -}}
{{- $found = index $found . -}}
{{- end -}}
{{- end -}}
{{- dict "document" $found | toJson -}}
{{- end -}}

{{/* The index that a part of a pointer stands for in a list. */}}
{{- define "tandem.position" -}}
{{- if not (and (regexMatch "^(0|[1-9][0-9]*)$" .part) (lt (int .part) (len .list))) -}}{{- fail (printf "%s: there is no %s" .where .part) -}}{{- end -}}
{{- .part -}}
{{- end -}}

{{/* `document` after `op` (add, remove, replace) at `path`, as the JSON of {"document": document}. */}}
{{- define "tandem.step" -}}
{{- $key := first .path -}}
{{- $deeper := rest .path -}}
{{- $document := .document -}}
{{- if not (or (kindIs "slice" $document) (kindIs "map" $document)) -}}{{- fail (printf "%s: there is no %s" .where $key) -}}{{- end -}}
{{- if kindIs "slice" $document -}}
{{- $isEnd := and (eq .op "add") (not $deeper) (has $key (list "-" (len $document | toString))) -}}
{{- $at := ternary (len $document) 0 $isEnd -}}
{{- if not $isEnd -}}{{- $at = include "tandem.position" (dict "list" $document "part" $key "where" .where) | int -}}{{- end -}}
{{- $next := ternary $at (add1 $at | int) (and (eq .op "add") (not $deeper)) -}}
{{- $middle := list -}}
{{- if $deeper -}}
{{- $inner := dict "document" (index $document $at) "path" $deeper "op" .op "value" .value "where" .where -}}
{{- $middle = list (include "tandem.step" $inner | fromJson).document -}}
{{- else if ne .op "remove" -}}
{{- $middle = list .value -}}
{{- end -}}
{{- $document = concat (slice $document 0 $at) $middle (slice $document $next) -}}
{{- else -}}
{{- if and (not (hasKey $document $key)) (or $deeper (ne .op "add")) -}}{{- fail (printf "%s: there is no %s" .where $key) -}}{{- end -}}
{{- if $deeper -}}
{{- $inner := dict "document" (index $document $key) "path" $deeper "op" .op "value" .value "where" .where -}}
{{- $_ := set $document $key (include "tandem.step" $inner | fromJson).document -}}
{{- else if eq .op "remove" -}}
{{- $_ := unset $document $key -}}
{{- else -}}
{{- $_ := set $document $key .value -}}
{{- end -}}
{{- end -}}
{{- dict "document" $document | toJson -}}
{{- end -}}
