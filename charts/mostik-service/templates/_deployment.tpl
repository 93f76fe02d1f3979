{{- define "mostik-service.deployment" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "mostik-service.metadata" . | nindent 2 }}
spec:
  {{- /* A fixed number would fight with the autoscaler at every rollout. */}}
  {{- if not .values.autoscaling.enabled }}
  replicas: {{ int .values.replicas }}
  {{- end }}
  revisionHistoryLimit: 3
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxUnavailable: {{ include "mostik-service.text" .values.rollout.maxUnavailable }}
      maxSurge: {{ include "mostik-service.text" .values.rollout.maxSurge }}
  selector:
    matchLabels:
      {{- include "mostik-service.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "mostik-service.selector" . | nindent 8 }}
        app.kubernetes.io/component: {{ .kind }}
        {{- with .values.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- with include "mostik-service.pod-annotations" . | trim }}
      annotations:
        {{- . | nindent 8 }}
      {{- end }}
    spec:
      serviceAccountName: {{ include "mostik-service.service-account-name" . | quote }}
      {{- include "mostik-service.pod-security" . | nindent 6 }}
      terminationGracePeriodSeconds: {{ int .values.terminationGracePeriodSeconds }}
      {{- include "mostik-service.placement" . | indent 6 }}
      {{- include "mostik-service.spread" . | indent 6 }}
      {{- with .values.initContainers }}
      initContainers:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        - name: {{ .kind }}
          {{- include "mostik-service.container-image" . | nindent 10 }}
          {{- with .command }}
          command:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          {{- with .args }}
          args:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          {{- with .ports }}
          ports:
            {{- range . }}
            - name: {{ .name }}
              containerPort: {{ int .port }}
              protocol: TCP
            {{- end }}
          {{- end }}
          {{- if .environment }}
          {{- include "mostik-service.environment" (merge (dict "source" (include "mostik-service.fullname" .)) .) | indent 10 }}
          {{- end }}
          {{- range $name := list "startup" "readiness" "liveness" }}
          {{- include "mostik-service.probe" (dict "probes" $.values.probes "name" $name) | indent 10 }}
          {{- end }}
          {{- with .values.preStopSeconds }}
          {{- /* Traffic still comes until every proxy has heard that the pod ends. */}}
          lifecycle:
            preStop:
              sleep:
                seconds: {{ int . }}
          {{- end }}
          resources:
            {{- toYaml .values.resources | nindent 12 }}
          {{- include "mostik-service.container-security" . | nindent 10 }}
          {{- include "mostik-service.volume-mounts" . | indent 10 }}
        {{- with .values.sidecars }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- include "mostik-service.volumes" . | indent 6 }}
{{- end -}}

{{/* Digests of what pods read only at their start: they are restarted when it changes. */}}
{{- define "mostik-service.pod-annotations" -}}
{{- with .values.config }}
checksum/config: {{ toJson . | sha256sum }}
{{- end }}
{{- with .values.secretValues }}
checksum/secret: {{ toJson . | sha256sum }}
{{- end }}
{{- with .checksums }}
{{ toYaml . }}
{{- end }}
{{- with .values.podAnnotations }}
{{ toYaml . }}
{{- end }}
{{- end -}}
