{{- define "microservices.postgresStatefulSet" -}}
{{- $postgres := (get .root.Values .service).postgres -}}
{{- $context := merge (dict "component" "database") . -}}
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{ include "microservices.postgresName" . }}
  namespace: {{ include "microservices.namespace" . | quote }}
  labels:
    {{- include "microservices.labels" $context | nindent 4 }}
spec:
  # One: two servers on one data folder would destroy it. Never more than one pod is what a StatefulSet keeps.
  replicas: 1
  serviceName: {{ include "microservices.postgresName" . }}
  selector:
    matchLabels:
      {{- include "microservices.selectorLabels" $context | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "microservices.podLabels" $context | nindent 8 }}
      {{- with include "microservices.secretChecksum" . }}
      annotations:
        {{- . | nindent 8 }}
      {{- end }}
    spec:
      automountServiceAccountToken: false
      enableServiceLinks: false
      securityContext:
        {{- include "microservices.postgresPodSecurity" . | nindent 8 }}
      initContainers:
        - name: sync-password
          {{- include "microservices.postgresContainer" . | nindent 10 }}
          # The image sets the password only when it creates the data folder. Data that are older than the Secret
          # (a new password, or a claim kept from an earlier installation) are told here, before the server starts.
          command: [sh, -euc]
          args:
            - |
              {{- include "microservices.syncPassword" . | nindent 14 }}
      containers:
        - name: postgres
          {{- include "microservices.postgresContainer" . | nindent 10 }}
          ports:
            - name: postgres
              containerPort: 5432
          startupProbe:
            {{- include "microservices.postgresReady" . | nindent 12 }}
            periodSeconds: 2
            timeoutSeconds: 5
            failureThreshold: 150
          readinessProbe:
            {{- include "microservices.postgresReady" . | nindent 12 }}
            periodSeconds: 5
            timeoutSeconds: 5
            failureThreshold: 3
          livenessProbe:
            {{- include "microservices.postgresReady" . | nindent 12 }}
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 6
      # Time to write everything to disk.
      terminationGracePeriodSeconds: 60
      volumes:
        - name: data
          {{- if $postgres.persistence.enabled }}
          persistentVolumeClaim:
            claimName: {{ include "microservices.claimName" . }}
          {{- else }}
          emptyDir:
            sizeLimit: {{ $postgres.persistence.size | quote }}
          {{- end }}
        - name: run
          emptyDir: {}
        - name: tmp
          emptyDir: {}
{{- end -}}

{{/* What both containers of the pod have in common. */}}
{{- define "microservices.postgresContainer" -}}
{{- $postgres := (get .root.Values .service).postgres -}}
image: {{ printf "%s:%s" $postgres.image.repository $postgres.image.tag | quote }}
imagePullPolicy: {{ $postgres.image.pullPolicy }}
env:
  # A folder inside the volume: the root of some volumes holds lost+found, and PostgreSQL wants an empty folder.
  - name: PGDATA
    value: /var/lib/postgresql/data/pgdata
  - name: POSTGRES_DB
    value: {{ $postgres.auth.database | quote }}
  - name: POSTGRES_USER
    value: {{ $postgres.auth.username | quote }}
  {{- include "microservices.passwordVariable" (merge (dict "variable" "POSTGRES_PASSWORD") .) | nindent 2 }}
resources:
  {{- toYaml $postgres.resources | nindent 2 }}
securityContext:
  {{- include "microservices.containerSecurity" . | nindent 2 }}
  readOnlyRootFilesystem: true
volumeMounts:
  - name: data
    mountPath: /var/lib/postgresql/data
  - name: run
    mountPath: /var/run/postgresql
  - name: tmp
    mountPath: /tmp
{{- end -}}

{{/* The statement goes into no log, where the password would be readable. */}}
{{- define "microservices.syncPassword" -}}
[ -s "$PGDATA/PG_VERSION" ] || exit 0
quoted=$(printf %s "$POSTGRES_PASSWORD" | sed "s/'/''/g")
printf "ALTER ROLE \"%s\" PASSWORD '%s'\n" "$POSTGRES_USER" "$quoted" |
  postgres --single -D "$PGDATA" -c log_statement=none -c log_min_error_statement=panic postgres >/dev/null
{{- end -}}

{{/* Asked over TCP: while the image creates the data folder, a server without TCP is running. */}}
{{- define "microservices.postgresReady" -}}
{{- $auth := (get .root.Values .service).postgres.auth -}}
exec:
  command: [pg_isready, --host=127.0.0.1, --port=5432, --username={{ $auth.username }}, --dbname={{ $auth.database }}]
{{- end -}}

{{/* The user `postgres` of the official image: another number in the Alpine variant. */}}
{{- define "microservices.postgresPodSecurity" -}}
{{- $id := contains "alpine" (get .root.Values .service).postgres.image.tag | ternary 70 999 -}}
runAsNonRoot: true
runAsUser: {{ $id }}
runAsGroup: {{ $id }}
fsGroup: {{ $id }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "microservices.postgresService" -}}
{{- $context := merge (dict "component" "database") . -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "microservices.postgresName" . }}
  namespace: {{ include "microservices.namespace" . | quote }}
  labels:
    {{- include "microservices.labels" $context | nindent 4 }}
spec:
  type: ClusterIP
  selector:
    {{- include "microservices.selectorLabels" $context | nindent 4 }}
  ports:
    - name: postgres
      port: {{ (get .root.Values .service).postgres.service.port }}
      targetPort: postgres
{{- end -}}

{{/*
A claim of its own and not a claim template of the StatefulSet, so that its size can be changed: templates cannot.
`keep`: switching a service off, or uninstalling, leaves its data; they are there again when it comes back.
*/}}
{{- define "microservices.postgresClaim" -}}
{{- $persistence := (get .root.Values .service).postgres.persistence -}}
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {{ include "microservices.claimName" . }}
  namespace: {{ include "microservices.namespace" . | quote }}
  labels:
    {{- include "microservices.labels" (merge (dict "component" "database") .) | nindent 4 }}
  annotations:
    helm.sh/resource-policy: keep
spec:
  accessModes: [ReadWriteOnce]
  {{- with $persistence.storageClass }}
  storageClassName: {{ . | quote }}
  {{- end }}
  resources:
    requests:
      storage: {{ $persistence.size | quote }}
{{- end -}}
