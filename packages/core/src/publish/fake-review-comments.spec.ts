import { createFakeReviewComments } from './fake-review-comments.js';
import { describeReviewComments } from './review-comments.contract.js';

describeReviewComments('The fake', async () => {
  const comments = createFakeReviewComments();
  return { comments, add: (writer, body) => comments.add(writer, body), all: () => comments.all };
});
