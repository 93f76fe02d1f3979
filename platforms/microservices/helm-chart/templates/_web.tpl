{{- define "microservices.webDeployment" -}}
{{- $web := (get .root.Values .service).webApp -}}
{{- $context := merge (dict "component" "web") . -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .service }}
  namespace: {{ include "microservices.namespace" . | quote }}
  labels:
    {{- include "microservices.labels" $context | nindent 4 }}
spec:
  replicas: {{ $web.replicas }}
  selector:
    matchLabels:
      {{- include "microservices.selectorLabels" $context | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "microservices.podLabels" $context | nindent 8 }}
      annotations:
        {{- include "microservices.configChecksum" . | nindent 8 }}
        {{- with include "microservices.secretChecksum" . }}
        {{- . | nindent 8 }}
        {{- end }}
    spec:
      automountServiceAccountToken: false
      enableServiceLinks: false
      securityContext:
        {{- include "microservices.nodePodSecurity" . | nindent 8 }}
      containers:
        - name: web
          image: {{ printf "%s:%s" $web.image.repository $web.image.tag | quote }}
          imagePullPolicy: {{ $web.image.pullPolicy }}
          ports:
            - name: http
              containerPort: {{ $web.service.targetPort }}
          envFrom:
            - configMapRef:
                name: {{ include "microservices.configName" . }}
          {{- if (get .root.Values .service).postgres.enabled }}
          env:
            {{- include "microservices.passwordVariable" (merge (dict "variable" "DB_PASSWORD") .) | nindent 12 }}
          {{- end }}
          # /health answers without the database too: a lost database must not take the web application
          # out of its Service, nor restart it, since neither would bring the database back.
          startupProbe:
            httpGet: { path: /health, port: http }
            periodSeconds: 2
            timeoutSeconds: 2
            failureThreshold: 30
          readinessProbe:
            httpGet: { path: /health, port: http }
            periodSeconds: 5
            timeoutSeconds: 3
            failureThreshold: 2
          livenessProbe:
            httpGet: { path: /health, port: http }
            periodSeconds: 10
            timeoutSeconds: 3
            failureThreshold: 3
          lifecycle:
            preStop:
              # Time for every node to learn that this pod is leaving, before it stops taking requests.
              exec: { command: [sleep, "5"] }
          resources:
            {{- toYaml $web.resources | nindent 12 }}
          securityContext:
            {{- include "microservices.containerSecurity" . | nindent 12 }}
            readOnlyRootFilesystem: {{ not $web.liveReload }}
{{- end -}}

{{- define "microservices.webService" -}}
{{- $service := (get .root.Values .service).webApp.service -}}
{{- $context := merge (dict "component" "web") . -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ .service }}
  namespace: {{ include "microservices.namespace" . | quote }}
  labels:
    {{- include "microservices.labels" $context | nindent 4 }}
spec:
  type: {{ $service.type }}
  selector:
    {{- include "microservices.selectorLabels" $context | nindent 4 }}
  ports:
    - name: http
      port: {{ $service.port }}
      targetPort: http
      {{- with $service.nodePort }}
      nodePort: {{ . }}
      {{- end }}
{{- end -}}

{{/* The user `node` of the official Node image, by number, so that the kubelet can see that it is not root. */}}
{{- define "microservices.nodePodSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "microservices.containerSecurity" -}}
allowPrivilegeEscalation: false
capabilities:
  drop: [ALL]
{{- end -}}
