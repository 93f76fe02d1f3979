{{- define "rabbitmq.selector" -}}
app.kubernetes.io/name: rabbitmq
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "rabbitmq.labels" -}}
{{ include "rabbitmq.selector" . }}
app.kubernetes.io/component: broker
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "rabbitmq.files" -}}
enabled_plugins: |
  [rabbitmq_prometheus].
rabbitmq.conf: |
  log.console = true
  log.console.level = info
  log.console.formatter = json
  # Of the container's limit.
  vm_memory_high_watermark.relative = 0.6
  disk_free_limit.absolute = 128MB
  prometheus.tcp.port = 15692
{{- end -}}
