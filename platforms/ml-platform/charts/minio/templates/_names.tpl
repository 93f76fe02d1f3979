{{- define "minio.selector" -}}
app.kubernetes.io/name: minio
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "minio.labels" -}}
{{ include "minio.selector" . }}
app.kubernetes.io/component: storage
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{/* Pods of the hook are no pods of the Service. */}}
{{- define "minio.hookLabels" -}}
app.kubernetes.io/name: minio-buckets
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: hook
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "minio.image" -}}
{{ with .registry }}{{ . }}/{{ end }}{{ .repository }}:{{ .tag }}
{{- end -}}
