{{/*
`frontend-spa.all` is the whole frontend, from the values below the key frontend-spa. Each object has a template of its own
too, for a chart that leaves some out.
*/}}
{{- define "frontend-spa.all" -}}
{{- $parts := list -}}
{{- range list "service-account" "config-map" "deployment" "service" "ingress" "autoscaler" "disruption-budget" "network-policy" -}}
{{- $parts = append $parts (printf "frontend-spa.%s" .) -}}
{{- end -}}
{{- include "mostik-service.all" (dict "root" . "parts" $parts) -}}
{{- end -}}

{{- define "frontend-spa.service-account" }}{{ include "frontend-spa.object" (dict "root" . "of" "mostik-service.service-account") }}{{ end -}}
{{- define "frontend-spa.config-map" }}{{ include "frontend-spa.object" (dict "root" . "of" "frontend-spa.files") }}{{ end -}}
{{- define "frontend-spa.deployment" }}{{ include "frontend-spa.object" (dict "root" . "of" "mostik-service.deployment") }}{{ end -}}
{{- define "frontend-spa.service" }}{{ include "frontend-spa.object" (dict "root" . "of" "mostik-service.service") }}{{ end -}}
{{- define "frontend-spa.ingress" }}{{ include "frontend-spa.object" (dict "root" . "of" "mostik-service.ingress") }}{{ end -}}
{{- define "frontend-spa.autoscaler" }}{{ include "frontend-spa.object" (dict "root" . "of" "mostik-service.autoscaler") }}{{ end -}}
{{- define "frontend-spa.disruption-budget" }}{{ include "frontend-spa.object" (dict "root" . "of" "mostik-service.disruption-budget") }}{{ end -}}
{{- define "frontend-spa.network-policy" }}{{ include "frontend-spa.object" (dict "root" . "of" "mostik-service.network-policy") }}{{ end -}}

{{/* Renders one template of mostik-service with what a frontend is: nginx with two files of a ConfigMap. */}}
{{- define "frontend-spa.object" -}}
{{- $values := index .root.Values "frontend-spa" -}}
{{- $service := dict "root" .root "values" $values "kind" "frontend" "environment" false "command" $values.command "args" $values.args -}}
{{- $_ := set $service "ports" (list (dict "name" "http" "port" $values.port "servicePort" $values.service.port)) -}}
{{- $_ := set $service "volumes" (list (dict "name" "files" "configMap" (dict "name" (include "mostik-service.fullname" $service)))) -}}
{{- $mounts := list
  (dict "name" "files" "mountPath" "/etc/nginx/conf.d/default.conf" "subPath" "default.conf" "readOnly" true)
  (dict "name" "files" "mountPath" (printf "%s/config.json" $values.nginx.root) "subPath" "config.json" "readOnly" true) -}}
{{- $_ := set $service "mounts" $mounts -}}
{{- $_ := set $service "checksums" (dict "checksum/files" (include "frontend-spa.server" $values | sha256sum)) -}}
{{- include .of $service -}}
{{- end -}}
