{{/* Where KEDA finds the address of RabbitMQ, user and password in it. */}}
{{- define "python-celery-worker.keda-authentication" -}}
{{- if .values.autoscaling.enabled }}
apiVersion: keda.sh/v1alpha1
kind: TriggerAuthentication
metadata:
  {{- include "mostik-service.metadata" . | nindent 2 }}
spec:
  secretTargetRef:
    - parameter: host
      name: {{ quote .values.autoscaling.rabbitmq.secretName }}
      key: {{ quote .values.autoscaling.rabbitmq.secretKey }}
{{- end }}
{{- end -}}

{{/* As many workers as the queue is long, divided by how many messages one of them takes. */}}
{{- define "python-celery-worker.keda-scaling" -}}
{{- $scaling := .values.autoscaling -}}
{{- if $scaling.enabled }}
{{- if gt (int $scaling.minReplicas) (int $scaling.maxReplicas) }}
{{- fail (printf "autoscaling: minReplicas is %d and maxReplicas %d, expected minReplicas to be at most maxReplicas" (int $scaling.minReplicas) (int $scaling.maxReplicas)) }}
{{- end }}
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  {{- include "mostik-service.metadata" . | nindent 2 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ include "mostik-service.fullname" . | quote }}
  minReplicaCount: {{ int $scaling.minReplicas }}
  maxReplicaCount: {{ int $scaling.maxReplicas }}
  pollingInterval: {{ int $scaling.pollingSeconds }}
  cooldownPeriod: {{ int $scaling.cooldownSeconds }}
  triggers:
    {{- range $scaling.queues | default .values.celery.queues }}
    - type: rabbitmq
      metadata:
        protocol: {{ $scaling.rabbitmq.protocol }}
        queueName: {{ . | quote }}
        mode: QueueLength
        value: {{ include "mostik-service.text" $scaling.messagesPerReplica | quote }}
        {{- with $scaling.rabbitmq.vhost }}
        vhostName: {{ . | quote }}
        {{- end }}
      authenticationRef:
        name: {{ include "mostik-service.fullname" $ | quote }}
    {{- end }}
{{- end }}
{{- end -}}
