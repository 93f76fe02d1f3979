{{ define "no-all.part" }}{{ end }}
