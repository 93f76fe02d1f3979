{{- define "mostik-service.service-monitor" -}}
{{- $metrics := .values.metrics -}}
{{- if and $metrics.enabled $metrics.serviceMonitor.enabled }}
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  {{- include "mostik-service.metadata" . | nindent 2 }}
    {{- with $metrics.serviceMonitor.labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  selector:
    matchLabels:
      {{- include "mostik-service.selector" . | nindent 6 }}
  endpoints:
    - port: metrics
      path: {{ quote $metrics.path }}
      interval: {{ $metrics.serviceMonitor.interval }}
      scrapeTimeout: {{ $metrics.serviceMonitor.scrapeTimeout }}
{{- end }}
{{- end -}}
