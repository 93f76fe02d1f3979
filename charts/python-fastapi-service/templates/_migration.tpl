{{/*
A Job that runs before every install and upgrade, and what it reads. Hooks come before the objects of the release, so it
has a ConfigMap and a Secret of its own.
*/}}
{{- define "python-fastapi-service.migration-objects" -}}
{{- if .values.migration.enabled }}
{{- $name := printf "%s-migration" (include "mostik-service.fullname" .) -}}
{{- $own := merge (dict "objectName" $name "source" $name) . -}}
{{- with .values.config }}
apiVersion: v1
kind: ConfigMap
metadata:
  {{- include "mostik-service.metadata" $own | nindent 2 }}
  annotations:
    {{- include "python-fastapi-service.hook" "-10" | nindent 4 }}
data:
  {{- include "mostik-service.texts" . | nindent 2 }}
---
{{- end }}
{{- with .values.secretValues }}
apiVersion: v1
kind: Secret
metadata:
  {{- include "mostik-service.metadata" $own | nindent 2 }}
  annotations:
    {{- include "python-fastapi-service.hook" "-10" | nindent 4 }}
type: Opaque
stringData:
  {{- include "mostik-service.texts" . | nindent 2 }}
---
{{- end }}
{{ include "python-fastapi-service.migration-job" $own }}
{{- end }}
{{- end -}}

{{- define "python-fastapi-service.migration-job" -}}
{{- $migration := .values.migration -}}
apiVersion: batch/v1
kind: Job
metadata:
  {{- include "mostik-service.metadata" . | nindent 2 }}
  annotations:
    {{- include "python-fastapi-service.hook" "0" | nindent 4 }}
spec:
  backoffLimit: {{ int $migration.backoffLimit }}
  activeDeadlineSeconds: {{ int $migration.activeDeadlineSeconds }}
  template:
    metadata:
      {{- /* Not the labels of the Service's selector: it must send no traffic here. */}}
      labels:
        app.kubernetes.io/name: {{ include "mostik-service.name" . | trunc 53 | trimSuffix "-" }}-migration
        app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
        app.kubernetes.io/component: migration
        {{- with .values.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      restartPolicy: Never
      {{- include "mostik-service.pod-security" . | nindent 6 }}
      {{- include "mostik-service.placement" . | indent 6 }}
      containers:
        - name: migration
          {{- include "mostik-service.container-image" . | nindent 10 }}
          command:
            {{- toYaml $migration.command | nindent 12 }}
          {{- with $migration.args }}
          args:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          {{- include "mostik-service.environment" . | indent 10 }}
          {{- /* Why it failed is then told where the Job is waited for. */}}
          terminationMessagePolicy: FallbackToLogsOnError
          resources:
            {{- toYaml ($migration.resources | default .values.resources) | nindent 12 }}
          {{- include "mostik-service.container-security" . | nindent 10 }}
          {{- include "mostik-service.volume-mounts" . | indent 10 }}
      {{- include "mostik-service.volumes" . | indent 6 }}
{{- end -}}

{{/* Takes the weight. */}}
{{- define "python-fastapi-service.hook" -}}
helm.sh/hook: pre-install,pre-upgrade
helm.sh/hook-weight: {{ . | quote }}
helm.sh/hook-delete-policy: before-hook-creation
{{- end -}}
