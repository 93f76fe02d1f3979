{{- define "mostik-service.disruption-budget" -}}
{{- with .values.podDisruptionBudget }}
{{- if .enabled }}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "mostik-service.metadata" $ | nindent 2 }}
spec:
  {{- if hasKey . "minAvailable" }}
  minAvailable: {{ include "mostik-service.text" .minAvailable }}
  {{- else }}
  maxUnavailable: {{ include "mostik-service.text" .maxUnavailable }}
  {{- end }}
  selector:
    matchLabels:
      {{- include "mostik-service.selector" $ | nindent 6 }}
  {{- /* A pod that crashes must not hold a node's drain up. */}}
  unhealthyPodEvictionPolicy: AlwaysAllow
{{- end }}
{{- end }}
{{- end -}}
