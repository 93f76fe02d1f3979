{{/* For those who install with Helm alone; Mostik makes NetworkPolicies from the edges of the platform. */}}
{{- define "mostik-service.network-policy" -}}
{{- $policy := .values.networkPolicy -}}
{{- if $policy.enabled }}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "mostik-service.metadata" . | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "mostik-service.selector" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
  {{- with include "mostik-service.network-ingress" . | trim }}
  ingress:
    {{- . | nindent 4 }}
  {{- end }}
  {{- if or $policy.dns $policy.to }}
  egress:
    {{- if $policy.dns }}
    - to:
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: kube-system
          podSelector:
            matchLabels:
              k8s-app: kube-dns
      ports:
        - { port: 53, protocol: UDP }
        - { port: 53, protocol: TCP }
    {{- end }}
    {{- with $policy.to }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- end }}
{{- end }}
{{- end -}}

{{- define "mostik-service.network-ingress" -}}
{{- $policy := .values.networkPolicy -}}
{{- $namespace := "" -}}
{{- if (.values.ingress).enabled }}{{ $namespace = $policy.ingressNamespace }}{{ end -}}
{{- if and $namespace (ne .kind "worker") }}
- from:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: {{ quote $namespace }}
  ports:
    - { port: http, protocol: TCP }
{{- end }}
{{- if (.values.metrics).enabled }}
- from:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: {{ quote $policy.monitoringNamespace }}
  ports:
    - { port: metrics, protocol: TCP }
{{- end }}
{{- with $policy.from }}
- from:
    {{- toYaml . | nindent 4 }}
  {{- if ne $.kind "worker" }}
  ports:
    - { port: http, protocol: TCP }
  {{- end }}
{{- end }}
{{- end -}}
