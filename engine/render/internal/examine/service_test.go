package examine

import (
	"encoding/json"
	"testing"
)

func TestAHeadlessServiceIsTakenAsItIsWritten(t *testing.T) {
	given := json.RawMessage(`{"apiVersion":"v1","kind":"Service","metadata":{"name":"db-nodes","namespace":"shop"},"spec":{"clusterIP":"None","selector":{"app":"db"},"ports":[{"port":5432}]}}`)
	wrong := json.RawMessage(`{"apiVersion":"v1","kind":"Service","metadata":{"name":"db","namespace":"shop"},"spec":{"clusterIP":"None","clusterIPs":["10.0.0.1"],"ports":[{"port":5432}]}}`)
	response, err := examine(t.Context(), Request{Version: Version, KubeVersion: "1.36", Objects: []json.RawMessage{given, wrong}})
	if err != nil {
		t.Fatal(err)
	}
	if found := response.Objects[0].Invalid; len(found) > 0 {
		t.Errorf("got %+v, expected nothing", found)
	}
	if found := response.Objects[1].Invalid; len(found) == 0 {
		t.Error("clusterIP and clusterIPs that differ were let through")
	}
}
