{{/* What is not secret, as environment variables. */}}
{{- define "mostik-service.config-map" -}}
{{- with .values.config }}
apiVersion: v1
kind: ConfigMap
metadata:
  {{- include "mostik-service.metadata" $ | nindent 2 }}
data:
  {{- include "mostik-service.texts" . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* A Secret of the service's own, from secretValues. */}}
{{- define "mostik-service.secret" -}}
{{- with .values.secretValues }}
apiVersion: v1
kind: Secret
metadata:
  {{- include "mostik-service.metadata" $ | nindent 2 }}
type: Opaque
stringData:
  {{- include "mostik-service.texts" . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Environment of a container: ConfigMap and Secret of "source" whole, keys of other Secrets, and extraEnv. */}}
{{- define "mostik-service.environment" -}}
{{- if or .values.config .values.secretValues }}
envFrom:
  {{- if .values.config }}
  - configMapRef:
      name: {{ quote .source }}
  {{- end }}
  {{- if .values.secretValues }}
  - secretRef:
      name: {{ quote .source }}
  {{- end }}
{{- end }}
{{- if or .values.secrets .values.extraEnv }}
env:
  {{- range $variable, $from := .values.secrets }}
  - name: {{ quote $variable }}
    valueFrom:
      secretKeyRef:
        name: {{ quote $from.name }}
        key: {{ quote $from.key }}
        {{- if $from.optional }}
        optional: true
        {{- end }}
  {{- end }}
  {{- with .values.extraEnv }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}
{{- end -}}
