{{/* The server of nginx and what the pages read about their surroundings. */}}
{{- define "frontend-spa.files" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  {{- include "mostik-service.metadata" . | nindent 2 }}
data:
  default.conf: |
    {{- include "frontend-spa.server" .values | trim | nindent 4 }}
  config.json: |
    {{- toPrettyJson .values.config | nindent 4 }}
{{- end -}}

{{/* Every path that is no file is the application's own, so that a link into it can be opened. */}}
{{- define "frontend-spa.server" -}}
server {
  listen {{ int .port }};
  server_name _;
  root {{ .nginx.root }};
  index index.html;
  server_tokens off;
  gzip on;
  gzip_types text/css application/javascript application/json image/svg+xml;

  add_header X-Content-Type-Options nosniff always;
  add_header Referrer-Policy same-origin always;
  {{- with .nginx.contentSecurityPolicy }}
  add_header Content-Security-Policy {{ . | quote }} always;
  {{- end }}

  location = /healthz {
    access_log off;
    default_type text/plain;
    return 200 "ok\n";
  }
  location / {
    expires -1;
    try_files $uri $uri/ /index.html;
  }
  location {{ .nginx.assetsPath }} {
    expires {{ int .nginx.assetsMaxAgeSeconds }}s;
    try_files $uri =404;
  }
}
{{- end -}}
