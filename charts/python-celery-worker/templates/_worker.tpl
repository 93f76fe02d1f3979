{{/*
`python-celery-worker.all` is the whole worker, from the values below the key python-celery-worker. Each object has a
template of its own too, for a chart that leaves some out.
*/}}
{{- define "python-celery-worker.all" -}}
{{- $parts := list -}}
{{- range list "service-account" "config-map" "secret" "deployment" "service" "trigger-authentication" "scaled-object" "disruption-budget" "service-monitor" "network-policy" -}}
{{- $parts = append $parts (printf "python-celery-worker.%s" .) -}}
{{- end -}}
{{- include "mostik-service.all" (dict "root" . "parts" $parts) -}}
{{- end -}}

{{- define "python-celery-worker.service-account" }}{{ include "python-celery-worker.object" (dict "root" . "of" "mostik-service.service-account") }}{{ end -}}
{{- define "python-celery-worker.config-map" }}{{ include "python-celery-worker.object" (dict "root" . "of" "mostik-service.config-map") }}{{ end -}}
{{- define "python-celery-worker.secret" }}{{ include "python-celery-worker.object" (dict "root" . "of" "mostik-service.secret") }}{{ end -}}
{{- define "python-celery-worker.deployment" }}{{ include "python-celery-worker.object" (dict "root" . "of" "mostik-service.deployment") }}{{ end -}}
{{- define "python-celery-worker.service" }}{{ include "python-celery-worker.object" (dict "root" . "of" "mostik-service.service") }}{{ end -}}
{{- define "python-celery-worker.trigger-authentication" }}{{ include "python-celery-worker.object" (dict "root" . "of" "python-celery-worker.keda-authentication") }}{{ end -}}
{{- define "python-celery-worker.scaled-object" }}{{ include "python-celery-worker.object" (dict "root" . "of" "python-celery-worker.keda-scaling") }}{{ end -}}
{{- define "python-celery-worker.disruption-budget" }}{{ include "python-celery-worker.object" (dict "root" . "of" "mostik-service.disruption-budget") }}{{ end -}}
{{- define "python-celery-worker.service-monitor" }}{{ include "python-celery-worker.object" (dict "root" . "of" "mostik-service.service-monitor") }}{{ end -}}
{{- define "python-celery-worker.network-policy" }}{{ include "python-celery-worker.object" (dict "root" . "of" "mostik-service.network-policy") }}{{ end -}}

{{/* Renders one template of mostik-service with what a worker is. It has a Service only for its metrics. */}}
{{- define "python-celery-worker.object" -}}
{{- $values := index .root.Values "python-celery-worker" -}}
{{- $ports := list -}}
{{- if $values.metrics.enabled -}}
{{- $ports = append $ports (dict "name" "metrics" "port" $values.metrics.port) -}}
{{- end -}}
{{- $command := $values.command | default (include "python-celery-worker.command" $values.celery | fromYamlArray) -}}
{{- include .of (dict "root" .root "values" $values "kind" "worker" "ports" $ports "command" $command "args" $values.args "environment" true) -}}
{{- end -}}

{{/* The command line of Celery. Takes values.celery. */}}
{{- define "python-celery-worker.command" -}}
- celery
- {{ printf "--app=%s" .app | quote }}
- worker
- {{ printf "--queues=%s" (join "," .queues) | quote }}
- --concurrency={{ int .concurrency }}
- --pool={{ .pool }}
- --loglevel={{ .logLevel }}
{{- with .options }}
{{ toYaml . }}
{{- end }}
{{- end -}}
