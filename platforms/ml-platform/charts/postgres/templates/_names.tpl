{{- define "postgres.selector" -}}
app.kubernetes.io/name: postgres
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "postgres.labels" -}}
{{ include "postgres.selector" . }}
app.kubernetes.io/component: database
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}


{{/* Pods of the hook are no pods of the Service. */}}
{{- define "postgres.hookLabels" -}}
app.kubernetes.io/name: postgres-databases
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: hook
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}
