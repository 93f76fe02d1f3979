{{/* Scaling on CPU and memory, in percent of what the pods request. */}}
{{- define "mostik-service.autoscaler" -}}
{{- $scaling := .values.autoscaling -}}
{{- if $scaling.enabled }}
{{- if not (or $scaling.cpuPercent $scaling.memoryPercent) }}
{{- fail "autoscaling: neither cpuPercent nor memoryPercent is set, expected at least one to scale on" }}
{{- end }}
{{- if gt (int $scaling.minReplicas) (int $scaling.maxReplicas) }}
{{- fail (printf "autoscaling: minReplicas is %d and maxReplicas %d, expected minReplicas to be at most maxReplicas" (int $scaling.minReplicas) (int $scaling.maxReplicas)) }}
{{- end }}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  {{- include "mostik-service.metadata" . | nindent 2 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ include "mostik-service.fullname" . | quote }}
  minReplicas: {{ int $scaling.minReplicas }}
  maxReplicas: {{ int $scaling.maxReplicas }}
  metrics:
    {{- with $scaling.cpuPercent }}
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: {{ int . }}
    {{- end }}
    {{- with $scaling.memoryPercent }}
    - type: Resource
      resource:
        name: memory
        target:
          type: Utilization
          averageUtilization: {{ int . }}
    {{- end }}
  behavior:
    scaleDown:
      stabilizationWindowSeconds: {{ int $scaling.scaleDownAfterSeconds }}
{{- end }}
{{- end -}}
