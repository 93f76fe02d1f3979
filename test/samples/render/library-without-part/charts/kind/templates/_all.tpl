{{ define "kind.all" }}{{ end }}
