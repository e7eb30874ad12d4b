import type { Reason } from '../refusal.ts';

/** The existing page sends names like `Space/046-rocket.svg`. A list has a thousand of them in one answer. */
const longest = 1024;

/** Why a text cannot be the name of a user's image. */
export const whyNotImage = (image: string): Reason | undefined => {
  if (image.length > longest) return 'image_too_long';
  if (!image.isWellFormed() || /\p{Cc}/u.test(image)) return 'image_broken';
  return undefined;
};
