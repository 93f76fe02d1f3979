{{/* The Service before the pods; its ports are those of the container, http on service.port. */}}
{{- define "mostik-service.service" -}}
{{- with .ports }}
apiVersion: v1
kind: Service
metadata:
  {{- include "mostik-service.metadata" $ | nindent 2 }}
  {{- with ($.values.service).annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  type: ClusterIP
  selector:
    {{- include "mostik-service.selector" $ | nindent 4 }}
  ports:
    {{- range . }}
    - name: {{ .name }}
      port: {{ int (.servicePort | default .port) }}
      targetPort: {{ .name }}
      protocol: TCP
    {{- end }}
{{- end }}
{{- end -}}
