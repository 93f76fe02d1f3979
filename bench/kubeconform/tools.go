//go:build tools

// Package kubeconform pins the peer that the bench holds `mostik check` against.
package kubeconform

import _ "github.com/yannh/kubeconform/pkg/validator"
