{{/* What Pod Security "restricted" asks of a pod, and the accounts it runs under. */}}
{{- define "mostik-service.pod-security" -}}
automountServiceAccountToken: {{ .values.serviceAccount.automountToken }}
enableServiceLinks: false
{{- with .values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ quote . }}
  {{- end }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: {{ int64 .values.security.runAsUser }}
  runAsGroup: {{ int64 .values.security.runAsGroup }}
  fsGroup: {{ int64 .values.security.fsGroup }}
  seccompProfile:
    type: RuntimeDefault
{{- end -}}

{{/* The same for a container. */}}
{{- define "mostik-service.container-security" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: {{ .values.security.readOnlyRootFilesystem }}
  capabilities:
    drop: [ALL]
{{- end -}}

{{- define "mostik-service.container-image" -}}
image: {{ include "mostik-service.image" . | quote }}
imagePullPolicy: {{ .values.image.pullPolicy }}
{{- end -}}

{{/* Where pods go. */}}
{{- define "mostik-service.placement" -}}
{{- with .values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.priorityClassName }}
priorityClassName: {{ quote . }}
{{- end }}
{{- end -}}

{{/* The pods of one version apart from each other, so that a rollout spreads too. */}}
{{- define "mostik-service.spread" -}}
{{- with .values.topologySpread }}
{{- if .enabled }}
topologySpreadConstraints:
  {{- range .keys }}
  - topologyKey: {{ quote . }}
    maxSkew: {{ int $.values.topologySpread.maxSkew }}
    whenUnsatisfiable: {{ $.values.topologySpread.whenUnsatisfiable }}
    labelSelector:
      matchLabels:
        {{- include "mostik-service.selector" $ | nindent 8 }}
    matchLabelKeys: [pod-template-hash]
  {{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Takes a dict with probes and the name of one. */}}
{{- define "mostik-service.probe" -}}
{{- $probe := index .probes .name -}}
{{- if $probe.enabled }}
{{ .name }}Probe:
  {{- if $probe.exec }}
  exec:
    command:
      {{- toYaml $probe.exec | nindent 6 }}
  {{- else }}
  httpGet:
    path: {{ quote $probe.path }}
    port: {{ $probe.port }}
  {{- end }}
  initialDelaySeconds: {{ int $probe.initialDelaySeconds }}
  periodSeconds: {{ int $probe.periodSeconds }}
  timeoutSeconds: {{ int $probe.timeoutSeconds }}
  failureThreshold: {{ int $probe.failureThreshold }}
{{- end }}
{{- end -}}

{{- define "mostik-service.volume-mounts" -}}
{{- $mounts := concat (.mounts | default list) .values.volumeMounts -}}
{{- if .values.tmp.enabled -}}
{{- $mounts = prepend $mounts (dict "name" "tmp" "mountPath" "/tmp") -}}
{{- end -}}
{{- with $mounts }}
volumeMounts:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "mostik-service.volumes" -}}
{{- $volumes := concat (.volumes | default list) .values.volumes -}}
{{- if .values.tmp.enabled -}}
{{- $volumes = prepend $volumes (dict "name" "tmp" "emptyDir" (dict "sizeLimit" .values.tmp.sizeLimit)) -}}
{{- end -}}
{{- with $volumes }}
volumes:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
