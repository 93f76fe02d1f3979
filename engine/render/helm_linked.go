//go:build !lean

package main

import (
	"errors"
	"log/slog"
	"os"

	helmcmd "helm.sh/helm/v4/pkg/cmd"
	"helm.sh/helm/v4/pkg/kube"
	_ "k8s.io/client-go/plugin/pkg/client/auth" // the ways to log in to clusters that Helm offers
)

// runHelm is the main function of Helm.
func runHelm(args []string) int {
	kube.ManagedFieldsManager = "helm"
	// Helm names itself after the program in its help.
	os.Args = append([]string{"helm"}, args...)
	command, err := helmcmd.NewRootCmd(os.Stdout, args, helmcmd.SetupLogging)
	if err != nil {
		slog.Warn("command failed", slog.Any("error", err))
		return exitFailed
	}
	if err := command.Execute(); err != nil {
		if failure, ok := errors.AsType[helmcmd.CommandError](err); ok {
			return failure.ExitCode
		}
		return exitFailed
	}
	return 0
}
