{{- define "mostik-service.ingress" -}}
{{- $ingress := .values.ingress -}}
{{- if $ingress.enabled }}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  {{- include "mostik-service.metadata" . | nindent 2 }}
  {{- with include "mostik-service.ingress-annotations" $ingress | trim }}
  annotations:
    {{- . | nindent 4 }}
  {{- end }}
spec:
  ingressClassName: {{ quote $ingress.className }}
  {{- if $ingress.tls.enabled }}
  tls:
    - hosts:
        - {{ quote $ingress.host }}
      secretName: {{ $ingress.tls.secretName | default (printf "%s-tls" (include "mostik-service.fullname" .)) | quote }}
  {{- end }}
  rules:
    - host: {{ quote $ingress.host }}
      http:
        paths:
          {{- range $ingress.paths }}
          - path: {{ quote .path }}
            pathType: {{ .pathType | default "Prefix" }}
            backend:
              service:
                name: {{ include "mostik-service.fullname" $ | quote }}
                port:
                  name: http
          {{- end }}
{{- end }}
{{- end -}}

{{/* Takes the values of the Ingress. */}}
{{- define "mostik-service.ingress-annotations" -}}
{{- if .tls.enabled }}
{{- with .tls.issuer }}
{{ ternary "cert-manager.io/issuer" "cert-manager.io/cluster-issuer" (eq $.tls.issuerKind "Issuer") }}: {{ quote . }}
{{- end }}
{{- if .tls.redirect }}
nginx.ingress.kubernetes.io/force-ssl-redirect: "true"
{{- end }}
{{- end }}
{{- with .annotations }}
{{ toYaml . }}
{{- end }}
{{- end -}}
