{{- define "shared.name" }}{{ (index . 0).Release.Name }}-{{ index . 1 }}{{ end }}
{{- define "shared.labels" }}
team: {{ .Values.global.team }}
chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}
