{{/*
Everything the installation is going to need, as JSON for the program in the image (docker/preconditions). The
program compares it with the cluster; the rights below are made from the same lists, so it can look at nothing else.
*/}}
{{- define "microservices.expectations" -}}
{{- $claims := list -}}
{{- $objects := list -}}
{{- $nodePorts := list -}}
{{- $secrets := list -}}
{{- $databases := list -}}
{{- range $service := include "microservices.enabled" . | fromJsonArray -}}
{{- $context := dict "root" $.root "service" $service -}}
{{- $postgresName := include "microservices.postgresName" $context -}}
{{- $claimName := include "microservices.claimName" $context -}}
{{- $objects = concat $objects (list (dict "kind" "Deployment" "name" $service) (dict "kind" "Service" "name" $service)) -}}
{{- with get $.root.Values $service -}}
{{- if .webApp.service.nodePort -}}
{{- $nodePorts = append $nodePorts (dict "service" $service "port" .webApp.service.nodePort "setting" (printf "%s.webApp.service.nodePort" $service)) -}}
{{- end -}}
{{- if .postgres.enabled -}}
{{- $objects = concat $objects (list (dict "kind" "StatefulSet" "name" $postgresName) (dict "kind" "Service" "name" $postgresName)) -}}
{{- $image := printf "%s:%s" .postgres.image.repository .postgres.image.tag -}}
{{- $databases = append $databases (dict "statefulSet" $postgresName "image" $image "setting" (printf "%s.postgres.image.tag" $service)) -}}
{{- if .postgres.persistence.enabled -}}
{{- $objects = append $objects (dict "kind" "PersistentVolumeClaim" "name" $claimName) -}}
{{- $claims = append $claims (dict "name" $claimName "size" .postgres.persistence.size "storageClass" .postgres.persistence.storageClass "setting" (printf "%s.postgres.persistence" $service)) -}}
{{- end -}}
{{- if .postgres.auth.existingSecret -}}
{{- $secrets = append $secrets (dict "name" .postgres.auth.existingSecret "key" "password" "setting" (printf "%s.postgres.auth.existingSecret" $service)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- dict "release" .root.Release.Name "namespace" (include "microservices.namespace" .) "claims" $claims "objects" $objects "nodePorts" $nodePorts "secrets" $secrets "databases" $databases | toJson -}}
{{- end -}}

{{/* Rights inside the namespace: single objects by their names, and the list of quotas. Takes the expectations as a dict. */}}
{{- define "microservices.preconditionRules" -}}
{{- $names := dict -}}
{{- range .objects -}}
{{- $_ := set $names .kind (append (get $names .kind | default list) .name) -}}
{{- end -}}
{{- with get $names "Service" }}
- apiGroups: [""]
  resources: [services]
  resourceNames: {{ toJson . }}
  verbs: [get]
{{- end }}
{{- with get $names "Deployment" }}
- apiGroups: [apps]
  resources: [deployments]
  resourceNames: {{ toJson . }}
  verbs: [get]
{{- end }}
{{- with get $names "StatefulSet" }}
- apiGroups: [apps]
  resources: [statefulsets]
  resourceNames: {{ toJson . }}
  verbs: [get]
{{- end }}
{{- with get $names "PersistentVolumeClaim" }}
- apiGroups: [""]
  resources: [persistentvolumeclaims]
  resourceNames: {{ toJson . }}
  verbs: [get]
- apiGroups: [""]
  resources: [resourcequotas]
  verbs: [list]
{{- end }}
{{- range .secrets }}
- apiGroups: [""]
  resources: [secrets]
  resourceNames: {{ list .name | toJson }}
  verbs: [get]
{{- end }}
{{- end -}}

{{/* Rights over what belongs to no namespace: only where a claim or a node port is asked for. */}}
{{- define "microservices.preconditionClusterRules" -}}
{{- if .claims }}
- apiGroups: [storage.k8s.io]
  resources: [storageclasses]
  verbs: [list]
- apiGroups: [""]
  resources: [persistentvolumes]
  verbs: [list]
{{- end }}
{{- if .nodePorts }}
- apiGroups: [""]
  resources: [services]
  verbs: [list]
{{- end }}
{{- end -}}

{{/* The image with the programs that the hooks run: the given one, else that of the first service that is on. */}}
{{- define "microservices.toolImage" -}}
{{- $first := index (include "microservices.enabled" . | fromJsonArray) 0 -}}
{{- $own := (get .root.Values $first).webApp.image -}}
{{- $asked := .root.Values.preconditions.image -}}
{{- printf "%s:%s" ($asked.repository | default $own.repository) ($asked.tag | default $own.tag) -}}
{{- end -}}

{{/* Takes also: name, weight. */}}
{{- define "microservices.preconditionMetadata" -}}
name: {{ .name }}
labels:
  app.kubernetes.io/name: preconditions
  app.kubernetes.io/component: hook
  app.kubernetes.io/part-of: microservices
  {{- include "microservices.releaseLabels" . | nindent 2 }}
  {{- with .root.Values.global.labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
annotations:
  helm.sh/hook: pre-install,pre-upgrade
  helm.sh/hook-weight: {{ .weight | quote }}
  # A hook that failed stays, so that its log can be read; the next run clears it away.
  helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end -}}
