{{/*
`python-fastapi-service.all` is the whole service, from the values below the key python-fastapi-service. Each object has a
template of its own too, for a chart that leaves some out.
*/}}
{{- define "python-fastapi-service.all" -}}
{{- $parts := list -}}
{{- range list "service-account" "config-map" "secret" "migration" "deployment" "service" "ingress" "autoscaler" "disruption-budget" "service-monitor" "network-policy" -}}
{{- $parts = append $parts (printf "python-fastapi-service.%s" .) -}}
{{- end -}}
{{- include "mostik-service.all" (dict "root" . "parts" $parts) -}}
{{- end -}}

{{- define "python-fastapi-service.service-account" }}{{ include "python-fastapi-service.object" (dict "root" . "of" "mostik-service.service-account") }}{{ end -}}
{{- define "python-fastapi-service.config-map" }}{{ include "python-fastapi-service.object" (dict "root" . "of" "mostik-service.config-map") }}{{ end -}}
{{- define "python-fastapi-service.secret" }}{{ include "python-fastapi-service.object" (dict "root" . "of" "mostik-service.secret") }}{{ end -}}
{{- define "python-fastapi-service.migration" }}{{ include "python-fastapi-service.object" (dict "root" . "of" "python-fastapi-service.migration-objects") }}{{ end -}}
{{- define "python-fastapi-service.deployment" }}{{ include "python-fastapi-service.object" (dict "root" . "of" "mostik-service.deployment") }}{{ end -}}
{{- define "python-fastapi-service.service" }}{{ include "python-fastapi-service.object" (dict "root" . "of" "mostik-service.service") }}{{ end -}}
{{- define "python-fastapi-service.ingress" }}{{ include "python-fastapi-service.object" (dict "root" . "of" "mostik-service.ingress") }}{{ end -}}
{{- define "python-fastapi-service.autoscaler" }}{{ include "python-fastapi-service.object" (dict "root" . "of" "mostik-service.autoscaler") }}{{ end -}}
{{- define "python-fastapi-service.disruption-budget" }}{{ include "python-fastapi-service.object" (dict "root" . "of" "mostik-service.disruption-budget") }}{{ end -}}
{{- define "python-fastapi-service.service-monitor" }}{{ include "python-fastapi-service.object" (dict "root" . "of" "mostik-service.service-monitor") }}{{ end -}}
{{- define "python-fastapi-service.network-policy" }}{{ include "python-fastapi-service.object" (dict "root" . "of" "mostik-service.network-policy") }}{{ end -}}

{{/* Renders one template of mostik-service with what an API service is. */}}
{{- define "python-fastapi-service.object" -}}
{{- $values := index .root.Values "python-fastapi-service" -}}
{{- $ports := list (dict "name" "http" "port" $values.port "servicePort" $values.service.port) -}}
{{- if $values.metrics.enabled -}}
{{- $ports = append $ports (dict "name" "metrics" "port" $values.metrics.port) -}}
{{- end -}}
{{- include .of (dict "root" .root "values" $values "kind" "api" "ports" $ports "command" $values.command "args" $values.args "environment" true) -}}
{{- end -}}
