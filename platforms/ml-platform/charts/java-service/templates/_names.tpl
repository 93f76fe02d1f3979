{{- define "java-service.selector" -}}
app.kubernetes.io/name: {{ .Release.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "java-service.labels" -}}
{{ include "java-service.selector" . }}
app.kubernetes.io/component: service
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}
