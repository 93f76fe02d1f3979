{{/*
Every template of this chart takes a "service": a dict with
  root    the root context of the chart that is installed
  values  the values of the library chart
  kind    api, worker or frontend
and for the Deployment: ports, command, args, envFrom, checksums, mounts, volumes.
*/}}

{{- define "mostik-service.name" -}}
{{- default .root.Chart.Name .values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* Release and chart name; the release's alone where it holds the chart's. 52 letters leave room for "-migration". */}}
{{- define "mostik-service.fullname" -}}
{{- $name := default .root.Chart.Name .values.nameOverride -}}
{{- if .values.fullnameOverride -}}
{{- .values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else if contains $name .root.Release.Name -}}
{{- .root.Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .root.Release.Name $name | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Never more than these: a selector cannot be changed once the Deployment is there. */}}
{{- define "mostik-service.selector" -}}
app.kubernetes.io/name: {{ include "mostik-service.name" . | quote }}
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
{{- end -}}

{{/* Labels of every object. */}}
{{- define "mostik-service.labels" -}}
{{ include "mostik-service.selector" . }}
app.kubernetes.io/component: {{ .kind }}
{{- with .values.partOf }}
app.kubernetes.io/part-of: {{ quote . }}
{{- end }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- with .values.labels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Name, namespace and labels of an object; the name is the service's unless "objectName" is given. */}}
{{- define "mostik-service.metadata" -}}
name: {{ .objectName | default (include "mostik-service.fullname" .) | quote }}
namespace: {{ .root.Release.Namespace | quote }}
labels:
  {{- include "mostik-service.labels" . | nindent 2 }}
{{- end -}}

{{- define "mostik-service.service-account-name" -}}
{{- if .values.serviceAccount.create -}}
{{- .values.serviceAccount.name | default (include "mostik-service.fullname" .) -}}
{{- else -}}
{{- .values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{- define "mostik-service.image" -}}
{{- with .values.image -}}
{{- with .registry }}{{ . }}/{{ end }}{{ .repository }}{{ with .tag }}:{{ include "mostik-service.text" . }}{{ end }}{{ with .digest }}@{{ . }}{{ end }}
{{- end -}}
{{- end -}}

{{/* A value as text. Helm holds numbers as floats, which print 1000000 as 1e+06. */}}
{{- define "mostik-service.text" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) -}}{{- printf "%.0f" . -}}{{- else -}}{{- toString . -}}{{- end -}}
{{- end -}}

{{/* A map whose values are texts. */}}
{{- define "mostik-service.texts" -}}
{{- range $key, $value := . }}
{{ $key }}: {{ include "mostik-service.text" $value | quote }}
{{- end }}
{{- end -}}

{{/* The objects named in "parts", each under a line of dashes. */}}
{{- define "mostik-service.all" -}}
{{- $root := .root -}}
{{- range .parts }}
{{- with include . $root | trim }}
---
{{ . }}
{{- end }}
{{- end }}
{{- end -}}
