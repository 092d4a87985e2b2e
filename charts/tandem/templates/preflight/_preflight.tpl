{{/* Objects that are there before all others, and go again: what a Job looks by, by (list $ template weight). */}}
{{- define "tandem.preflight.hooked" -}}
{{- $object := include (index . 1) (first .) | fromYaml -}}
{{- $annotations := dict "helm.sh/hook" "pre-install,pre-upgrade" "helm.sh/hook-weight" (last .) "helm.sh/hook-delete-policy" "before-hook-creation,hook-succeeded" -}}
{{- $_ := set $object.metadata "annotations" (mergeOverwrite $annotations ($object.metadata.annotations | default dict)) -}}
{{- toYaml $object -}}
{{- end -}}

{{- define "tandem.preflight.job" -}}
{{- include "tandem.preflight.hooked" (list . "tandem.preflight.look" "-10") -}}
{{- end -}}

{{- define "tandem.preflight.serviceAccount" -}}
{{- include "tandem.preflight.hooked" (list . "tandem.serviceAccount" "-20") -}}
{{- end -}}

{{- define "tandem.preflight.networkPolicy" -}}
{{- include "tandem.preflight.hooked" (list . "tandem.networkPolicy" "-20") -}}
{{- end -}}

{{- define "tandem.preflight.role" -}}
{{- include "tandem.preflight.hooked" (list . "tandem.preflight.inNamespace" "-20") -}}
{{- end -}}

{{- define "tandem.preflight.roleBinding" -}}
{{- include "tandem.preflight.hooked" (list . "tandem.preflight.bound" "-20") -}}
{{- end -}}

{{- define "tandem.preflight.clusterRole" -}}
{{- include "tandem.preflight.hooked" (list . "tandem.preflight.inCluster" "-20") -}}
{{- end -}}

{{- define "tandem.preflight.clusterRoleBinding" -}}
{{- include "tandem.preflight.hooked" (list . "tandem.preflight.boundInCluster" "-20") -}}
{{- end -}}

{{- define "tandem.preflight.look" -}}
apiVersion: batch/v1
kind: Job
metadata:
  {{- include "tandem.metadata" (list . "preflight") | nindent 2 }}
  annotations:
    # One that has failed stays for a day; helm shows what it said.
    helm.sh/hook-output-log-policy: hook-failed
spec:
  backoffLimit: 1
  activeDeadlineSeconds: 300
  ttlSecondsAfterFinished: 86400
  template:
    metadata:
      labels:
        {{- include "tandem.labels" (list . "preflight") | nindent 8 }}
    spec:
      restartPolicy: Never
      serviceAccountName: {{ include "tandem.part" (list . "preflight") }}
      automountServiceAccountToken: true
      enableServiceLinks: false
      {{- with .Values.image.pullSecrets }}
      imagePullSecrets: {{ toJson . }}
      {{- end }}
      securityContext:
        {{- include "tandem.podSecurity" . | nindent 8 }}
      containers:
        - name: preflight
          image: {{ include "tandem.image" . }}
          imagePullPolicy: {{ .Values.image.pullPolicy }}
          args:
            {{- include "tandem.preflight.arguments" . | nindent 12 }}
          # The last lines of what it said are in the state of the pod.
          terminationMessagePolicy: FallbackToLogsOnError
          resources: { requests: { cpu: 50m, memory: 96Mi }, limits: { memory: 256Mi } }
          securityContext:
            {{- include "tandem.containerSecurity" . | nindent 12 }}
          volumeMounts:
            - { name: tmp, mountPath: /tmp }
      volumes:
        - name: tmp
          emptyDir: { sizeLimit: 64Mi }
{{- end -}}

{{/* It asks the API alone. */}}
{{- define "tandem.preflight.traffic" -}}
ingress: []
egress:
  {{- include "tandem.egress" (list .) | nindent 2 }}
  - ports: [{ port: 443, protocol: TCP }, { port: 6443, protocol: TCP }]
{{- end -}}
