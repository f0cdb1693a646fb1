// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "sens.h"

/* sens.h knows the tag; the door's unit has another struct under it. */
struct tally {
	int words;
};

int sens_words(struct sens *sens, struct tally *tally)
{
	int words;

	mutex_lock(&sens->order);
	words = tally->words;
	mutex_unlock(&sens->order);
	return words;
}
