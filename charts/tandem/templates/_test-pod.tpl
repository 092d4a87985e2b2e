{{/*
A pod of `helm test`, `.item`: the doctor first, who names what is wrong with addresses, then calls, whose last line says what
they amount to, then chaos.
*/}}
{{- define "tandem.testPod" -}}
{{- $order := dict "doctor" "0" "calls" "1" "chaos" "2" -}}
{{- $asksKubernetes := or (eq .item "chaos") (and (eq .item "doctor") (eq (include "tandem.doctor.seesServices" .) "true")) -}}
apiVersion: v1
kind: Pod
metadata:
  {{- include "tandem.metadata" (list . .item) | nindent 2 }}
  annotations:
    helm.sh/hook: test
    helm.sh/hook-weight: {{ get $order .item | quote }}
    helm.sh/hook-delete-policy: before-hook-creation
spec:
  restartPolicy: Never
  activeDeadlineSeconds: {{ (index .Values .item).deadlineSeconds }}
  # On SIGTERM it ends what it has begun, and reports.
  terminationGracePeriodSeconds: 5
  {{- if $asksKubernetes }}
  serviceAccountName: {{ include "tandem.part" (list . .item) }}
  {{- end }}
  automountServiceAccountToken: {{ $asksKubernetes }}
  enableServiceLinks: false
  {{- with .Values.image.pullSecrets }}
  imagePullSecrets: {{ toJson . }}
  {{- end }}
  {{- if eq .item "doctor" }}
  affinity:
    {{- include "tandem.doctor.affinity" . | nindent 4 }}
  {{- end }}
  securityContext:
    {{- include "tandem.podSecurity" . | nindent 4 }}
  containers:
    - name: tandem
      image: {{ include "tandem.image" . }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      args:
        {{- concat (include (printf "tandem.%s.arguments" .item) . | fromYamlArray) (index .Values .item).flags | toYaml | nindent 8 }}
      env:
        {{- include (printf "tandem.%s.environment" .item) . | nindent 8 }}
      resources: { requests: { cpu: 200m, memory: 128Mi }, limits: { memory: 512Mi } }
      securityContext:
        {{- include "tandem.containerSecurity" . | nindent 8 }}
      volumeMounts:
        - { name: tmp, mountPath: /tmp }
  volumes:
    - name: tmp
      emptyDir: { sizeLimit: 64Mi }
{{- end -}}
