{{/*
Names and labels. Every helper of this chart takes one dict:
  root     the root context ($)
  service  "microservice1" or "microservice2"
*/}}

{{/* The namespace of every object. The default, "default", follows the release's own namespace. */}}
{{- define "microservices.namespace" -}}
{{- $asked := .root.Values.global.namespace -}}
{{- eq $asked "default" | ternary .root.Release.Namespace $asked -}}
{{- end -}}

{{/* microservice1 -> postgres-service1: StatefulSet, Service and so DNS name of the database. */}}
{{- define "microservices.postgresName" -}}
postgres-{{ trimPrefix "micro" .service }}
{{- end -}}

{{- define "microservices.claimName" -}}
{{ include "microservices.postgresName" . }}-data
{{- end -}}

{{- define "microservices.configName" -}}
{{ .service }}-config
{{- end -}}

{{/* The Secret with the password: the chart's own, or the one that the values name. */}}
{{- define "microservices.secretName" -}}
{{- (get .root.Values .service).postgres.auth.existingSecret | default (printf "%s-secret" .service) -}}
{{- end -}}

{{/*
Labels that select pods: they can never change, so neither a version nor the name of the release is among them.
Takes also: component ("web" or "database").
*/}}
{{- define "microservices.selectorLabels" -}}
app.kubernetes.io/name: {{ eq .component "database" | ternary (include "microservices.postgresName" .) .service }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/* Labels of pods: what selects them, what they are part of, and the labels of the values. */}}
{{- define "microservices.podLabels" -}}
{{ include "microservices.selectorLabels" . }}
app.kubernetes.io/part-of: microservices
{{- with .root.Values.global.labels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Labels of objects: those of pods, and where the object comes from. Not on pods, since each change there is a restart. */}}
{{- define "microservices.labels" -}}
{{- $service := get .root.Values .service -}}
{{- $image := eq .component "database" | ternary $service.postgres.image $service.webApp.image -}}
{{ include "microservices.podLabels" . }}
app.kubernetes.io/version: {{ $image.tag | quote }}
{{ include "microservices.releaseLabels" . }}
{{- end -}}

{{- define "microservices.releaseLabels" -}}
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* Names of the services that are on, as a JSON list: {{ range include "microservices.enabled" (dict "root" $) | fromJsonArray }} */}}
{{- define "microservices.enabled" -}}
{{- $enabled := list -}}
{{- range $service := list "microservice1" "microservice2" -}}
{{- if (get $.root.Values $service).enabled -}}
{{- $enabled = append $enabled $service -}}
{{- end -}}
{{- end -}}
{{- toJson $enabled -}}
{{- end -}}
