{{- define "modelmesh.selector" -}}
app.kubernetes.io/name: modelmesh-controller
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "modelmesh.labels" -}}
{{ include "modelmesh.selector" . }}
app.kubernetes.io/component: controller
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "modelmesh.registry" -}}
{{ with .Values.registry }}{{ . }}/{{ end }}
{{- end -}}
