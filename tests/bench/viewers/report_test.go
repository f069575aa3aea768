// SPDX-License-Identifier: LGPL-2.1-or-later

package main

import "testing"

func TestSpreadIsByNearestRank(t *testing.T) {
	values := make([]float64, 100)
	for index := range values {
		values[index] = float64(100 - index) // 1 to 100, backwards
	}
	if got := spreadOf(values); got != (spread{1, 50, 95, 100}) {
		t.Errorf("%v", got)
	}
	if got := spreadOf([]float64{7}); got != (spread{7, 7, 7, 7}) {
		t.Errorf("%v", got)
	}
	if got := spreadOf(nil); got != (spread{}) {
		t.Errorf("%v", got)
	}
}
