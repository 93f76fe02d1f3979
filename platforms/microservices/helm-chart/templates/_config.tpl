{{/* What the web application reads from its environment, and is not secret. */}}
{{- define "microservices.configData" -}}
{{- $service := get .root.Values .service -}}
PORT: {{ $service.webApp.service.targetPort | quote }}
{{- if $service.postgres.enabled }}
DB_HOST: {{ include "microservices.postgresName" . }}.{{ include "microservices.namespace" . }}.svc.cluster.local
DB_PORT: {{ $service.postgres.service.port | quote }}
DB_NAME: {{ $service.postgres.auth.database | quote }}
DB_USER: {{ $service.postgres.auth.username | quote }}
{{- end }}
{{- end -}}

{{/*
The password: the given one, else the one already in the cluster, else a new one. It is put back into the values,
because each call of randAlphaNum gives another, and the Secret and its checksum must see the same.
*/}}
{{- define "microservices.password" -}}
{{- $auth := (get .root.Values .service).postgres.auth -}}
{{- if not $auth.password -}}
{{- $live := lookup "v1" "Secret" (include "microservices.namespace" .) (include "microservices.secretName" .) -}}
{{- $kept := dig "data" "password" "" ($live | default dict) | b64dec -}}
{{- $_ := set $auth "password" ($kept | default (randAlphaNum 24)) -}}
{{- end -}}
{{- $auth.password -}}
{{- end -}}

{{- define "microservices.secretData" -}}
password: {{ include "microservices.password" . | b64enc }}
{{- end -}}

{{/*
Annotations of a pod that change with its configuration: Kubernetes restarts pods when their template changes, and
not when a ConfigMap or Secret does. A Secret of somebody else cannot be seen from here.
*/}}
{{- define "microservices.configChecksum" -}}
checksum/config: {{ include "microservices.configData" . | sha256sum }}
{{- end -}}

{{- define "microservices.secretChecksum" -}}
{{- with get .root.Values .service -}}
{{- if and .postgres.enabled (not .postgres.auth.existingSecret) -}}
checksum/secret: {{ include "microservices.secretData" $ | sha256sum }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "microservices.configMap" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "microservices.configName" . }}
  namespace: {{ include "microservices.namespace" . | quote }}
  labels:
    {{- include "microservices.labels" (merge (dict "component" "web") .) | nindent 4 }}
data:
  {{- include "microservices.configData" . | nindent 2 }}
{{- end -}}

{{- define "microservices.secret" -}}
apiVersion: v1
kind: Secret
metadata:
  name: {{ include "microservices.secretName" . }}
  namespace: {{ include "microservices.namespace" . | quote }}
  labels:
    {{- include "microservices.labels" (merge (dict "component" "web") .) | nindent 4 }}
type: Opaque
data:
  {{- include "microservices.secretData" . | nindent 2 }}
{{- end -}}

{{/* Both programs of a service read the password from the same place. Takes also: variable. */}}
{{- define "microservices.passwordVariable" -}}
- name: {{ .variable }}
  valueFrom:
    secretKeyRef:
      name: {{ include "microservices.secretName" . }}
      key: password
{{- end -}}
