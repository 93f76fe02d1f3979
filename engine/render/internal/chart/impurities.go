package chart

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"text/template/parse"

	"mostik.dev/engine/render/internal/seeded"
	"mostik.dev/engine/render/internal/wire"
)

// impurities warns where a template asked for what a render has not: the time, and objects of a cluster.
func (all templates) impurities(random *seeded.Source) []wire.Diagnostic {
	var found []wire.Diagnostic
	if random.UsedClock() {
		found = append(found, all.warnOfCall("now-used",
			"the time of day is fixed to "+seeded.Epoch.Format("2006-01-02")+" while rendering, so that nothing changes by itself",
			"now", "ago", "date", "dateInZone", "date_in_zone", "htmlDate", "htmlDateInZone", "durationRound"))
	}
	if asked := random.Lookups(); len(asked) > 0 {
		found = append(found, all.warnOfCall("lookup-used",
			"no cluster is asked while rendering, so this was answered as not found: "+strings.Join(asked, ", "), "lookup"))
	}
	return found
}

// warnOfCall points at the first template that calls one of the functions, the likeliest named first;
// which of its calls was made is not known.
func (all templates) warnOfCall(code, message string, functions ...string) wire.Diagnostic {
	d := wire.Diagnostic{Code: code, Severity: wire.Warning, Message: message}
	for _, function := range functions {
		sites := 0
		for _, candidate := range all.sorted() {
			for _, at := range candidate.calls(function) {
				if sites++; sites == 1 {
					d = candidate.at(d, at.line, at.column)
					d.Message = fmt.Sprintf("%s: {{ %s }}: %s", candidate.name, function, message)
				}
			}
		}
		if sites > 1 {
			d.Message += fmt.Sprintf(" (the first of %d calls)", sites)
		}
		if sites > 0 {
			break
		}
	}
	return d
}

type callSite struct{ line, column int }

// calls finds every call of a function in the template.
func (t template) calls(function string) []callSite {
	if !strings.Contains(t.text, function) {
		return nil
	}
	tree := parse.New(t.name)
	tree.Mode = parse.SkipFuncCheck
	set := map[string]*parse.Tree{}
	if _, err := tree.Parse(t.text, "", "", set); err != nil {
		return nil
	}
	set[t.name] = tree
	seen := map[parse.Pos]bool{}
	var sites []callSite
	for _, tree := range set {
		visit(tree.Root, func(identifier *parse.IdentifierNode) {
			if identifier.Ident != function || seen[identifier.Pos] {
				return
			}
			seen[identifier.Pos] = true
			before := t.text[:identifier.Pos]
			sites = append(sites, callSite{
				line:   strings.Count(before, "\n") + 1,
				column: len(before) - strings.LastIndex(before, "\n"),
			})
		})
	}
	slices.SortFunc(sites, func(a, b callSite) int {
		return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.column, b.column))
	})
	return sites
}

// visit walks everything below the node.
func visit(node parse.Node, found func(*parse.IdentifierNode)) {
	switch node := node.(type) {
	case *parse.ListNode:
		if node != nil {
			for _, child := range node.Nodes {
				visit(child, found)
			}
		}
	case *parse.ActionNode:
		visit(node.Pipe, found)
	case *parse.TemplateNode:
		visit(node.Pipe, found)
	case *parse.IfNode:
		visitBranch(&node.BranchNode, found)
	case *parse.RangeNode:
		visitBranch(&node.BranchNode, found)
	case *parse.WithNode:
		visitBranch(&node.BranchNode, found)
	case *parse.PipeNode:
		if node != nil {
			for _, command := range node.Cmds {
				visit(command, found)
			}
		}
	case *parse.CommandNode:
		for _, argument := range node.Args {
			visit(argument, found)
		}
	case *parse.ChainNode:
		visit(node.Node, found)
	case *parse.IdentifierNode:
		found(node)
	}
}

func visitBranch(branch *parse.BranchNode, found func(*parse.IdentifierNode)) {
	visit(branch.Pipe, found)
	visit(branch.List, found)
	visit(branch.ElseList, found)
}
